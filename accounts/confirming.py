"""Confirming an address: the link shows a page, and only the button on it confirms (mail scanners follow links)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import render_template, request
from flask_security.confirmable import confirm_email_token_status

View = Callable[..., Any]


def by_button(confirm: View) -> View:
    """The library's view confirms on GET; here a GET with a good link only asks, and changes nothing."""

    @wraps(confirm)
    def ask_or_confirm(token: str) -> Any:
        expired, invalid, user = confirm_email_token_status(token)  # type: ignore[no-untyped-call]
        is_good = user is not None and not (expired or invalid) and user.confirmed_at is None
        if request.method == "GET" and is_good:
            return render_template("security/confirm_email.html", token=token, email=user.email)
        return confirm(token)

    return ask_or_confirm
