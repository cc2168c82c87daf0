"""People."""

from __future__ import annotations

from typing import Any

from accounts.identifying import create_user
from accounts.models import RoleName, User


def user(
    school: Any, name: str = "Ana Lima", *roles: str, email: str | None = None, password: str | None = None
) -> User:
    made = create_user(
        email=email or f"person{next(school.number)}@example.com",
        name=name,
        password=password,
        at=school.now(),
        roles=[RoleName(r) for r in roles or ("trainee",)],
        time_zone="America/New_York",
        confirmed=True,
    )
    _ = made.roles
    return made
