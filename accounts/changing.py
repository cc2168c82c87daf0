"""Changing one's address: the new one holds once its owner pressed a button; the old one is told."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request
from flask_security.change_email import _verify_token_status
from flask_security.signals import change_email_confirmed

from accounts.models import User
from foundation.audit import record
from foundation.clock import now
from mail.promising import owe_letter


def press_to_change(app: Flask, endpoint: str) -> None:
    """The library's view changes the address on GET; here a good link only asks, for mail scanners follow links."""
    change = app.view_functions[endpoint]

    def ask_or_change(token: str) -> Any:
        status: Any = _verify_token_status
        expired, invalid, user, address = status(token)
        if request.method == "GET" and user is not None and not (expired or invalid):
            return render_template("security/change_email_confirm.html", token=token, email=address)
        return change(token)

    app.view_functions[endpoint] = ask_or_change
    rule = next(one for one in app.url_map.iter_rules() if one.endpoint == endpoint)
    app.add_url_rule(rule.rule, endpoint=endpoint, methods=["POST"])
    change_email_confirmed.connect(_told, app)


def _told(_app: Flask, *, user: User, old_email: str, **_: Any) -> None:
    at = now()
    record("user.email_changed", subject=user, actor=user, at=at)
    facts = {"name": user.first_name, "email": user.email}
    dedupe = f"account.email_changed:{user.id}:{at.timestamp()}"
    owe_letter("account.email_changed", to=old_email, facts=facts, dedupe=dedupe, at=at, user_id=user.id)
