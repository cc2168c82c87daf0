"""Giving rights and taking them; asking somebody in who has no account yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from accounts.identifying import create_user, find_by_email, grant, role_named
from accounts.models import STAFF_ROLES, RoleName, User
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from mail.promising import owe_letter
from mail.rendering import link

NO_OWNER = "The school would have no owner any more. Make somebody else an owner first."


def set_rights(user: User, wanted: Collection[RoleName], *, actor: User, at: datetime) -> None:
    """Give and take until somebody's rights at the school are just these; trainee and graduate are no rights.

    Raises Refused where nobody would be an owner any more.
    """
    _one_at_a_time()
    for name in RoleName:
        if str(name) not in STAFF_ROLES:
            continue
        if name in wanted:
            grant(user, name, at=at, actor=actor)
        elif user.has_role(str(name)):
            _take(user, name, actor=actor, at=at)


def invite(*, email: str, name: str, rights: Collection[RoleName], time_zone: str, actor: User, at: datetime) -> User:
    """An account for somebody who works here, and the letter with which they choose a password. Raises Refused."""
    known = find_by_email(email)
    if known is not None:
        raise Refused(f"{known.name} has an account with this address: give the right on their page.", field="email")
    user = create_user(
        email=email, name=name, password=None, at=at, roles=sorted(rights), time_zone=time_zone, confirmed=False
    )
    record("user.invited", subject=user, actor=actor, at=at)
    facts = {"name": user.first_name, "by": actor.name, "password_link": password_link(user)}
    owe_letter(
        "account.invited", to=user.email, facts=facts, dedupe=f"account.invited:{user.id}", at=at, user_id=user.id
    )
    return user


def make_owner(*, email: str, name: str, time_zone: str, at: datetime) -> User:
    """The first owner, and any other whom whoever runs the server names."""
    user = find_by_email(email)
    if user is None:
        user = create_user(email=email, name=name, password=None, at=at, roles=[], time_zone=time_zone, confirmed=False)
    grant(user, RoleName.OWNER, at=at)
    return user


def password_link(user: User) -> str:
    """Where somebody without a password chooses one; it holds for a day, and once."""
    token_for: Any = generate_reset_password_token
    return link("security.reset_password", token=token_for(user))


def _take(user: User, name: RoleName, *, actor: User, at: datetime) -> None:
    if name == RoleName.OWNER and not _another_owner(user):
        raise Refused(NO_OWNER, field="rights")
    user.roles.remove(role_named(name))
    record("user.role_taken", subject=user, actor=actor, at=at, role=str(name))


def _another_owner(user: User) -> bool:
    others = select(User.id).where(User.id != user.id, User.active, User.erased_at.is_(None))
    return db.session.scalar(others.where(User.roles.any(name=str(RoleName.OWNER))).limit(1)) is not None


def _one_at_a_time() -> None:
    """Two owners who take each other's right at once go one by one."""
    owner = role_named(RoleName.OWNER)
    db.session.execute(select(type(owner).id).where(type(owner).id == owner.id).with_for_update(key_share=True))
