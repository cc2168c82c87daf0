"""Signing in: Flask-Security over our own people, pages and outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, g, session
from flask_login import user_logged_in
from flask_security.core import Security
from flask_security.utils import hash_password
from sqlalchemy import func, select

from accounts.changing import press_to_change
from accounts.confirming import by_button
from accounts.forms import AddressForm, ChangeForm, RegisterForm, ResetForm
from accounts.letters import OutboxMailUtil
from accounts.models import Role, RoleName, User
from accounts.recognizing import People, only_by_session
from foundation import access
from foundation.audit import record
from foundation.config import Settings
from foundation.db import db
from foundation.limits import limiter

datastore = People(db, User, Role)
security = Security(mail_util_cls=OutboxMailUtil)

PUBLIC = {
    "login",
    "logout",
    "register",
    "forgot_password",
    "reset_password",
    "send_confirmation",
    "confirm_email",
    "change_email_confirm",
}


# How often one visitor may send these forms; guessing passwords and mailing strangers both stop here.
OFTEN = {
    "login": "10/minute;60/hour",
    "register": "10/hour",
    "forgot_password": "10/hour",
    "send_confirmation": "10/hour",
    "reset_password": "20/hour",
    "change_email": "10/hour",
}


def init_accounts(app: Flask, settings: Settings) -> None:
    """Set up Flask-Security; its pages are ours (`templates/security/`), its mail goes through the outbox."""
    app.config.update(_config(settings))
    ours: dict[str, Any] = {
        "register_form": RegisterForm,
        "reset_password_form": ResetForm,
        "change_password_form": ChangeForm,
        "change_email_form": AddressForm,
    }
    security.init_app(app, datastore, **ours)
    only_by_session(app, security)
    app.view_functions["security.confirm_email"] = by_button(app.view_functions["security.confirm_email"])
    press_to_change(app, "security.change_email_confirm")
    for name, often in OFTEN.items():
        endpoint = f"security.{name}"
        limited: Any = limiter.limit(often, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
    for endpoint in app.view_functions:
        if endpoint.startswith("security."):
            name = endpoint.removeprefix("security.")
            access.declare(app, endpoint, "public" if name in PUBLIC else "signed_in")
    user_logged_in.connect(_begin_anew, app)


def _begin_anew(_app: Flask, **_: Any) -> None:
    """Whoever signs in leaves the visitor's form token behind; a planted one is worth nothing afterwards."""
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_SALT": settings.password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_VERIFY_URL": "/confirm-password",
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
        "SECURITY_LOGIN_WITHOUT_CONFIRMATION": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_EMAIL": True,
        "SECURITY_POST_CHANGE_EMAIL_VIEW": "/account",
        "SECURITY_MSG_CHANGE_EMAIL_SENT": (
            "We wrote to %(email)s. Your address changes once you press the button that the letter leads to.",
            "info",
        ),
        "SECURITY_MSG_CHANGE_EMAIL_CONFIRMED": ("Your new address holds from now on.", "success"),
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("This address and this password do not belong together.", "error"),
        "SECURITY_MSG_INVALID_PASSWORD": ("This is not your password.", "error"),
        "SECURITY_POST_LOGIN_VIEW": "/learn",
        "SECURITY_POST_REGISTER_VIEW": "/learn",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_EMAIL_SENDER": settings.mail_from,
        "SECURITY_EMAIL_PLAINTEXT": False,  # the library's own texts are not rendered: the outbox has ours
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {
            "check_deliverability": False,
            "test_environment": not settings.in_production,
        },
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    }


def find_by_email(email: str) -> User | None:
    """The person with this address, however it is cased."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def create_user(
    *,
    email: str,
    name: str,
    password: str | None,
    at: datetime,
    roles: list[RoleName],
    time_zone: str,
    confirmed: bool,
) -> User:
    """A new account. The address must be free (a unique index sees to it). `password` in clear; it is hashed here."""
    user = User(
        email=email.strip().lower(),
        name=name,
        password=hash_password(password) if password else None,
        active=True,
        fs_uniquifier=datastore_uniquifier(),
        time_zone=time_zone,
        confirmed_at=at if confirmed else None,
        created_at=at,
        roles=[role_named(name) for name in roles],
    )
    db.session.add(user)
    db.session.flush()
    record("user.created", subject=user, at=at, roles=[str(r) for r in roles])
    return user


def sign_out_everywhere(user: User, at: datetime) -> None:
    """End every session and every remembered device of a person: what they carry names nobody any more."""
    user.fs_uniquifier = datastore_uniquifier()
    record("user.signed_out_everywhere", subject=user, actor=user, at=at)


def datastore_uniquifier() -> str:
    import uuid

    return uuid.uuid4().hex


def role_named(name: RoleName) -> Role:
    """The role of this name; made where it is not there yet."""
    found = db.session.scalar(select(Role).where(Role.name == str(name)))
    if found is None:
        found = Role(name=str(name), description="")
        db.session.add(found)
        db.session.flush()
    return found


def grant(user: User, name: RoleName, *, at: datetime, actor: User | None = None) -> None:
    """Give a role; given twice it is given once."""
    if not user.has_role(str(name)):
        user.roles.append(role_named(name))
        record("user.role_granted", subject=user, actor=actor, at=at, role=str(name))
