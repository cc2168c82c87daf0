"""Pages for visitors. Whoever is not signed in sees what depends on facts alone, so the page is made once for them.

What is new for each visitor (a form's token, the nonce, when a form was shown) is a hole in the page that is kept, and
is filled each time. A page that came by such a word in another way while it was made, or that wrote into the session,
is shown once and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import partial
from itertools import zip_longest
from threading import Lock
from typing import Any

from flask import Flask, current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from foundation.headers import csp_nonce
from foundation.remembering import Piece, is_plain

MOST = 200  # pages that a process keeps; the oldest goes first
HOLE = re.compile("\x02([a-z_]+)\x03")
Words = Callable[[], str]


class Page:
    """The texts of a page and, between them, the names of what is new each time."""

    def __init__(self, html: str) -> None:
        parts = HOLE.split(html)
        self.pieces = [Piece(Markup(text)) for text in parts[::2]]  # noqa: S704 (rendered, and escaped, by Jinja)
        self.holes = parts[1::2]

    def filled(self, fresh: dict[str, Words]) -> str:
        words = [fresh[name]() for name in self.holes]
        pairs = zip_longest([piece.html for piece in self.pieces], words, fillvalue="")
        return "".join([text for pair in pairs for text in pair])


def init_greeting(app: Flask) -> None:
    app.extensions["greeting"] = {}, Lock(), {"csrf_token": generate_csrf, "csp_nonce": csp_nonce}


def new_each_time(app: Flask, name: str, words: Words) -> None:
    """What templates call by this name is never kept. It must give letters that need no escaping."""
    app.jinja_env.globals[name] = words
    app.extensions["greeting"][2][name] = words


def greet(template: str, *, worked_out: Callable[[], dict[str, Any]] = dict, **facts: Hashable) -> str:
    """The page, for a visitor as it was made from these facts; for anybody signed in made anew.

    `facts`: plain values (text, numbers, days, money, tuples of these). `worked_out`: what else the template is given,
    which follows from the facts alone and is asked for only where the page is made.
    """
    if current_user.is_authenticated or request.query_string or "_flashes" in session:
        return render_template(template, **facts, **worked_out())
    pages, lock, fresh = current_app.extensions["greeting"]
    key = (template, request.root_url, request.path, *facts.values(), *map(type, facts.values()))
    page: Page | None = pages.get(key)
    if page is None:
        made = _made(template, facts, worked_out, fresh)
        if isinstance(made, str):
            return made
        page = made
        with lock:
            if len(pages) >= MOST:
                del pages[next(iter(pages))]
            pages[key] = page
    g.pieces = page.pieces
    return page.filled(fresh)


def _made(template: str, facts: dict[str, Any], worked_out: Callable[[], dict[str, Any]], fresh: Any) -> Page | str:
    """The page with its holes; made whole, where it may not be kept."""
    if not all(map(is_plain, facts.values())):
        raise TypeError(f"{template}: a visitor's page is kept by plain values, not by {facts!r}")
    holes = {name: partial(Markup, f"\x02{name}\x03") for name in fresh}
    html = render_template(template, **facts, **worked_out(), **holes)
    g.pop("pieces", None)
    if "csrf_token" in g or "csp_nonce" in g or session.modified:
        return render_template(template, **facts, **worked_out())
    return Page(html)
