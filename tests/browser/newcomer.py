"""Somebody new with an account and an empty log: `python -m tests.browser.newcomer EMAIL NAME PASSWORD`."""

from __future__ import annotations

import sys

from accounts.identifying import create_user
from accounts.models import RoleName
from foundation.clock import now
from foundation.db import db


def make(email: str, name: str, password: str) -> None:
    create_user(
        email=email,
        name=name,
        password=password,
        at=now(),
        roles=[RoleName.TRAINEE],
        time_zone="America/New_York",
        confirmed=True,
    )
    db.session.commit()


if __name__ == "__main__":
    from app import create_app

    with create_app().app_context():
        make(*sys.argv[1:])
