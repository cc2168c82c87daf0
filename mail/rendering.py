"""A letter's words: subject, text and HTML from its templates, rendered once and then kept."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import css_inline
from flask import current_app

from foundation.config import Settings
from foundation.tokens import sign
from mail.models import Category, Letter
from mail.sealing import MARK, mark
from mail.suppressing import digest

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, keep_style_tags=False)
PRIVATE = re.compile(r"(https?://[^\s\"'<>]*/)[\w-]{12,}\.[\w.-]{20,}")


def render(letter: Letter) -> None:
    """Write subject, text and HTML into the row. Raises whatever a template raises."""
    folder = f"mail/{letter.kind.replace('.', '_')}"
    context = _context(letter)
    letter.subject = " ".join(_filled(f"{folder}/subject.txt", context).split())
    letter.text = re.sub(r"\n{3,}", "\n\n", _filled(f"{folder}/body.txt", context)).strip() + "\n"
    letter.html = _inliner.inline(_filled(f"{folder}/body.html", context | {"subject": letter.subject}))


def link(endpoint: str, **values: Any) -> str:
    """An address as it stands in letters: absolute, under PRACTICUM_BASE_URL; needs no request."""
    base = urlsplit(_settings().base_url)
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def unsubscribe_link(address: str) -> str:
    """Holds the address's HMAC, not the address; it never runs out."""
    return link("letters.unsubscribe", token=sign("unsubscribe", digest(address)))


def without_private_links(words: str) -> str:
    """A letter as staff may see it: links that would let them act for somebody else are cut."""
    return MARK.sub("…", PRIVATE.sub(r"\1…", words))


def _filled(name: str, context: dict[str, Any]) -> str:
    return current_app.jinja_env.get_template(name).render(context)


def _context(letter: Letter) -> dict[str, Any]:
    chosen = _settings()
    school = {"name": chosen.school_name, "email": chosen.school_email, "address": chosen.school_address}
    is_marketing = letter.category == Category.MARKETING
    return {
        **letter.facts,
        "school": school,
        "site": chosen.base_url,
        "link": link,
        "sign": sign,
        "private": mark,
        "unsubscribe": unsubscribe_link(letter.to_address) if is_marketing else None,
    }


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
