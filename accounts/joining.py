"""Joining: a visitor who enrolls or waits gets an account on the way, or is known by address and password."""

from __future__ import annotations

from datetime import datetime

from accounts.identifying import create_user, find_by_email
from accounts.models import RoleName, User
from foundation.errors import Refused


def join(*, name: str, email: str, password: str, time_zone: str, at: datetime) -> tuple[User, bool]:
    """The person, and whether the account is new. Raises Refused beside the field it belongs to.

    A known address needs its own password; somebody with a second factor signs in on the page made for it.
    """
    known = find_by_email(email)
    if known is None:
        made = create_user(
            email=email,
            name=name,
            password=password,
            at=at,
            roles=[RoleName.TRAINEE],
            time_zone=time_zone,
            confirmed=False,
        )
        return made, True
    if known.tf_primary_method:
        raise Refused("This account has a second step at sign-in. Sign in first, then come back here.", "email")
    if not known.active:
        raise Refused("This account is closed. Write to us, and we will find a way.", "email")
    if not known.password or not known.verify_and_update_password(password):
        raise Refused("There is an account with this address, and this is not its password.", "password")
    return known, False
