"""A letter shown on a page of ours: its HTML in a frame that can run nothing, its text with links one can press."""

from __future__ import annotations

import re

from flask import Response
from markupsafe import Markup, escape

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;)]")
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def framed(html: str) -> Response:
    """A letter's HTML for a sandboxed frame: no script, nothing loaded from elsewhere, links open beside."""
    based = html.replace("<head>", '<head><base target="_blank">', 1)
    return Response(
        based,
        mimetype="text/plain" if not html else "text/html",
        headers={
            "Content-Security-Policy": FRAME_POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        },
    )


def linked(text: str) -> Markup:
    """Plain text as HTML: escaped, its addresses made into links."""
    shown, last = Markup(), 0
    for found in LINK.finditer(text):
        address = found.group()
        shown += escape(text[last : found.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        last = found.end()
    return shown + escape(text[last:])
