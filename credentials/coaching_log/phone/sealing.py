"""The key that seals a trainee's waiting sessions on their phones; it leaves a phone with the sign-out."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.models import PhoneKey
from foundation.db import db, new_public_id
from foundation.secrets import encrypt


def phone_key_of(user: User, *, at: datetime) -> PhoneKey:
    """The trainee's key, made at the first asking; asked by two at once it is one."""
    query = select(PhoneKey).where(PhoneKey.user_id == user.id)
    found = db.session.scalar(query)
    if found is None:
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        values = {"public_id": new_public_id(), "user_id": user.id, "sealed_key": encrypt(key), "made_at": at}
        db.session.execute(insert(PhoneKey).values(**values).on_conflict_do_nothing())
        found = db.session.scalars(query).one()
    return found
