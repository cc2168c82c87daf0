"""Recognizing who asks: the session's mark names the person, and every page of a signed-in person begins with that."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, session
from flask_login import COOKIE_NAME
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, load_only

from accounts.models import Role, User
from foundation.db import db

# Built once: the library builds the same statement anew for each request, which costs as much as asking it.
# Secrets are read where somebody proves them, and not with each page.
KNOWN = (
    User.email,
    User.name,
    User.time_zone,
    User.active,
    User.fs_uniquifier,
    User.confirmed_at,
    User.created_at,
    User.erasure_due_at,
)
MARKED = (
    select(User)
    .where(User.fs_uniquifier == bindparam("mark"))
    .options(load_only(*KNOWN), joinedload(User.roles).load_only(Role.name))
)


class People(SQLAlchemyUserDatastore):
    """The library's way to our people."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Any:
        if set(by) == {"fs_uniquifier"}:
            return db.session.scalars(MARKED, {"mark": by["fs_uniquifier"]}).unique().one_or_none()
        return super().find_user(case_insensitive, **by)


def only_by_session(app: Flask, security: Security) -> None:
    """People come by their session alone, and are looked for when a page asks who is there.

    The library also takes a token from the address or a header, and asks who is there before every view, the
    machines' ones too. Nothing here hands such tokens out, and `foundation.access` guards the doors.
    """
    manager = security.login_manager
    manager.request_loader(lambda _request: None)
    load = manager._load_user
    manager._load_user = lambda: load() if _has_mark(app) else manager._update_request_context_with_user()
    app.before_request_funcs[None].remove(security.principal._on_before_request)


def _has_mark(app: Flask) -> bool:
    """Whether session or cookie name anybody at all; of visitors the library would hash address and browser first."""
    return "_user_id" in session or app.config.get("REMEMBER_COOKIE_NAME", COOKIE_NAME) in request.cookies
