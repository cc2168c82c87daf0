"""Recognizing who asks: the session's mark names the person, and every page of a signed-in person begins with that."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, session
from flask_login import COOKIE_NAME
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from sqlalchemy import bindparam, func, select

from accounts.models import Role, User, user_role
from foundation.asking import row
from foundation.db import db
from foundation.entities import Parts

# Secrets are read where somebody proves them, and not with each page.
PERSON = Parts(
    User,
    *(User.email, User.name, User.time_zone, User.active, User.fs_uniquifier),
    *(User.confirmed_at, User.created_at, User.erasure_due_at),
)
ROLES = (
    select(func.array_agg(Role.name))
    .join(user_role, user_role.c.role_id == Role.id)
    .where(user_role.c.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)
MARKED = select(*PERSON.columns, ROLES.label("roles")).where(User.fs_uniquifier == bindparam("mark"))


def marked(mark: str) -> User | None:
    """The person with this mark, and the names of their roles."""
    found = row(MARKED, {"mark": mark})
    if found is None:
        return None
    person: User = PERSON.held(db.session(), found[:-1])
    person.__dict__["told_roles"] = frozenset(found[-1] or ())
    return person


class People(SQLAlchemyUserDatastore):
    """The library's way to our people. It builds the same statement anew for each request."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Any:
        only_mark = set(by) == {"fs_uniquifier"}
        return marked(by["fs_uniquifier"]) if only_mark else super().find_user(case_insensitive, **by)


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
