"""A test client that reads every page it fetches as a careful person would, and a browser."""

from __future__ import annotations

import re
from typing import Any

import html5lib
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

XHTML = "{http://www.w3.org/1999/xhtml}"
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
TOLERATED = {"unexpected-null-character"}


def inspect_page(html: str, nonce: str | None = None) -> None:
    """Raises AssertionError that says what is wrong with a page."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False, strict=False)
    document = parser.parse(html)
    faults = [(where, code) for where, code, _ in parser.errors if code not in TOLERATED]
    assert not faults, f"the HTML does not parse: {faults[:3]}: {_around(html, faults[0][0])}"
    root = document.getroot()
    _heading_and_title(root)
    _ids(root)
    _inputs(root)
    _forms_and_images(root)
    _inline(root, nonce)


def _around(html: str, where: Any) -> str:
    line = html.splitlines()[max(0, where[0] - 1)] if isinstance(where, tuple) else ""
    return line[:160]


def _text(node: Any) -> str:
    return re.sub(r"\s+", " ", "".join(node.itertext())).strip()


def _heading_and_title(root: Any) -> None:
    headings, titles = root.findall(".//h1"), root.findall("./head/title")
    assert len(headings) == 1, f"{len(headings)} h1 on the page"
    assert titles and _text(titles[0]).startswith(_text(headings[0])), (
        f"the title {_text(titles[0]) if titles else None!r} does not begin with the h1 {_text(headings[0])!r}"
    )
    assert root.get("lang"), "the page names no language"


def _ids(root: Any) -> None:
    ids = [node.get("id") for node in root.iter() if isinstance(node.tag, str) and node.get("id")]
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice, f"ids that stand twice: {twice}"


def _inputs(root: Any) -> None:
    labelled = {node.get("for") for node in root.iter("label")}
    for node in root.iter("input", "select", "textarea"):
        if node.tag == "input" and node.get("type") in UNLABELLED:
            continue
        wrapped = any(parent.tag == "label" for parent in node.iterancestors())
        named = node.get("aria-label") or node.get("aria-labelledby") or node.get("id") in labelled
        assert wrapped or named, f"an input without a label: {etree.tostring(node)[:120]!r}"


def _forms_and_images(root: Any) -> None:
    for form in root.iter("form"):
        assert form.get("action") is not None, "a form without an action"
    for image in root.iter("img"):
        assert image.get("alt") is not None, f"an image without alt: {image.get('src')}"
    for node in root.iter("button"):
        assert _text(node) or node.get("aria-label"), "a button without a name"
    for link in root.iter("a"):
        assert link.get("href") not in {"", "#"}, f"a link that leads nowhere: {_text(link)}"


def _inline(root: Any, nonce: str | None) -> None:
    for node in root.iter("script", "style"):
        if node.tag == "script" and (
            node.get("src") or node.get("type") in {"application/ld+json", "application/json"}
        ):
            continue
        assert nonce and node.get("nonce") == nonce, f"an inline {node.tag} without the nonce"
    for node in root.iter():
        if isinstance(node.tag, str):
            bad = [a for a in node.attrib if a == "style" or a.startswith("on")]
            assert not bad, f"inline {bad} on <{node.tag}>"


class InspectingClient(FlaskClient):
    """Fetches as a browser does, and inspects what it gets."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.headers.get("Content-Security-Policy", "").startswith("sandbox "):
            return response  # a letter in its frame: another document, which can run nothing
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            found = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
            inspect_page(response.get_data(as_text=True), found.group(1) if found else None)
        return response

    def sign_in(self, user: Any) -> InspectingClient:
        """Sign a person in, as the login page would."""
        with self.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user.fs_uniquifier, True
        return self

    def token(self, url: str) -> str:
        """The CSRF token of the form on a page."""
        page = self.get(url, follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, f"no form on {url}"
        return found.group(1)

    def hidden(self, url: str, action: str) -> dict[str, str]:
        """What the form that goes to `action` sends without being asked: its hidden fields, its token among them, and
        what stands already in the fields that belong to it from elsewhere on the page."""
        page = self.get(url, follow_redirects=True).get_data(as_text=True)
        root = html5lib.parse(page, treebuilder="lxml", namespaceHTMLElements=False).getroot()
        for form in root.iter("form"):
            if form.get("method") == "post" and form.get("action") == action:
                inputs = [node for node in form.iter("input") if node.get("type") == "hidden"]
                inputs += [node for node in root.iter("input") if form.get("id") and node.get("form") == form.get("id")]
                return {node.get("name"): node.get("value", "") for node in inputs}
        return {"csrf_token": self.token(url)}

    def submit(
        self, url: str, data: dict[str, Any] | None = None, *, on: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Fill in the form on a page (`on`, or the address itself) and send it."""
        return self.post(url, data={**self.hidden(on or url, url), **(data or {})}, **kwargs)
