"""The keys the school signs with: made on first use, sealed in the row, changed without losing what they proved."""

from __future__ import annotations

from datetime import datetime

from openbadgeslib.keys import KeyEd25519, public_jwk_from_pem
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.models import SigningKey
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.secrets import encrypt


def key_in_use(at: datetime) -> SigningKey:
    """The key that signs; the first is made where there is none. Two at once make one."""
    return _in_use() or _make(at)


def change_key(at: datetime, actor: User | None = None) -> SigningKey:
    """Retire the key in use and make another. Badges signed before stay verifiable: every public key is published."""
    old = db.session.scalars(
        select(SigningKey).where(SigningKey.retired_at.is_(None)).with_for_update(key_share=True)
    ).one_or_none()
    if old is not None:
        old.retired_at = at
        db.session.flush()
    made = _make(at)
    record("signing_key.changed", subject=made, actor=actor, at=at)
    return made


def published_keys() -> list[SigningKey]:
    """Every key, the one in use first."""
    return list(db.session.scalars(select(SigningKey).order_by(SigningKey.id.desc())))


def _in_use() -> SigningKey | None:
    return db.session.scalars(select(SigningKey).where(SigningKey.retired_at.is_(None))).one_or_none()


def _make(at: datetime) -> SigningKey:
    private, public = KeyEd25519().generate_keypair()
    jwk = {name: value for name, value in public_jwk_from_pem(public).items() if name in {"kty", "crv", "x"}}
    values = {
        "public_id": new_public_id(),
        "sealed_private": encrypt(private.decode()),
        "public_jwk": jwk,
        "made_at": at,
    }
    db.session.execute(insert(SigningKey).values(**values).on_conflict_do_nothing())
    made = _in_use()
    assert made is not None
    return made
