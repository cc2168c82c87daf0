"""Security headers, the nonce of each page, and the request's id."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request

ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
STRICT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def csp_nonce() -> str:
    """This response's nonce, for the few inline scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy(form_targets: str) -> str:
    nonce = f"'nonce-{csp_nonce()}'"
    return (
        f"default-src 'none'; script-src 'self' {nonce}; style-src 'self' {nonce}; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; "
        f"frame-src 'self'; form-action 'self' {form_targets}; base-uri 'none'; frame-ancestors 'self'"
    )


def init_headers(app: Flask, *, secure: bool, stripe_origin: str) -> None:
    """`stripe_origin`: where a form may lead after our redirect to the payment page."""

    def identify() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)

    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", content_security_policy(stripe_origin))
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.add("X-Request-Id", g.get("request_id", ""))
        for name, value in always:
            headers.add(name, value)
        if response.mimetype == "text/html":
            headers.setdefault("Cache-Control", "private, no-cache")
        return response

    always = [*ALWAYS, STRICT] if secure else ALWAYS

    app.before_request_funcs.setdefault(None, []).insert(0, identify)
    app.after_request(protect)
