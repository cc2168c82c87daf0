"""A chapter of farewells: somebody asked to be erased and can still take it back, somebody is erased already."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.erasing import asking, carrying_out
from accounts.identifying import create_user
from accounts.models import RoleName, User


def erase_some(at: datetime) -> None:
    """Asked for five days ago; and asked for five weeks ago, done three weeks ago."""
    asking.ask(_visitor("Fenella Ruiz-Takahashi", at), withdraws=False, at=at - timedelta(days=5))
    asked = asking.ask(_visitor("Bram Vanderhoeven", at), withdraws=True, at=at - timedelta(days=35))
    carrying_out.carry_out(asked.id, at=asked.due_at)


def _visitor(name: str, at: datetime) -> User:
    """Somebody who made an account and went no further."""
    return create_user(
        email=f"{name.split()[0].lower()}.leaves@example.com",
        name=name,
        password=None,
        at=at - timedelta(days=60),
        roles=[RoleName.TRAINEE],
        time_zone="Europe/Amsterdam",
        confirmed=True,
    )
