"""Trusting: whose keys the school knows. Staff add another school's key once they have asked that school for it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import current_app
from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from accounts.models import User
from credentials.models import SchoolKey, SigningKey
from credentials.passports.reading import thumbprint
from credentials.passports.sealing import Json
from foundation.audit import record
from foundation.db import db, new_public_id
from foundation.errors import NotFound, Refused


def own_keys() -> dict[str, str]:
    """This school's keys, also the retired ones, by thumbprint."""
    return {thumbprint(jwk): school for jwk, school in db.session.execute(_ours())}


def is_ours(name: str, signer: str | None) -> bool:
    """Whether a key is this school's own; the database is asked only where its signer bears our name."""
    return signer == current_app.config["SETTINGS"].school_name and name in own_keys()


def known_keys() -> dict[str, str]:
    """Every key whose signature is believed, ours and other schools', with the school it belongs to."""
    theirs = select(SchoolKey.jwk, SchoolKey.school).where(SchoolKey.removed_at.is_(None))
    return {thumbprint(jwk): school for jwk, school in db.session.execute(union_all(theirs, _ours()))}


def _ours() -> Select[Any]:
    return select(SigningKey.public_jwk, literal(current_app.config["SETTINGS"].school_name).label("school"))


def school_keys() -> Sequence[SchoolKey]:
    """All that were ever added, those in force first."""
    query = select(SchoolKey).options(joinedload(SchoolKey.added_by))
    first = (SchoolKey.removed_at.desc().nulls_first(), SchoolKey.school, SchoolKey.id)
    return db.session.scalars(query.order_by(*first)).all()


def school_key(public_id: str) -> SchoolKey:
    found = db.session.scalar(select(SchoolKey).where(SchoolKey.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def trust(school: str, pasted: str, *, checked_how: str, actor: User, at: datetime) -> int:
    """Add what was pasted: a JWK, a key set, a DID document or a PEM. How many keys are new. Raises Refused."""
    if not school.strip():
        raise Refused("Name the school.", field="school")
    if not checked_how.strip():
        raise Refused("Say how you know that it is theirs.", field="checked_how")
    keys = read_keys(pasted)
    if set(own_keys()) & {thumbprint(jwk) for jwk, _ in keys}:
        raise Refused("This is our own key; it is known already.", field="key")
    return sum(_add(school.strip(), jwk, name, checked_how.strip(), actor, at) for jwk, name in keys)


def distrust(key: SchoolKey, *, reason: str, actor: User, at: datetime) -> None:
    """From now on this key's signature is an unknown one again. Done twice it is done once. Raises Refused."""
    if not reason.strip():
        raise Refused("Say why this key is trusted no more.", field="reason")
    db.session.refresh(key, with_for_update={"key_share": True})
    if key.removed_at is None:
        key.removed_at, key.removed_by_id, key.reason = at, actor.id, reason.strip()
        record("school_key.removed", subject=key, actor=actor, at=at, thumbprint=key.thumbprint)


def _add(school: str, jwk: Json, name: str, checked_how: str, actor: User, at: datetime) -> bool:
    values = {
        "public_id": new_public_id(),
        "school": school,
        "key_name": name,
        "jwk": jwk,
        "thumbprint": thumbprint(jwk),
        "checked_how": checked_how,
        "added_at": at,
        "added_by_id": actor.id,
        "reason": "",
    }
    made = db.session.scalars(insert(SchoolKey).values(**values).on_conflict_do_nothing().returning(SchoolKey)).first()
    if made is not None:
        record("school_key.added", subject=made, actor=actor, at=at, thumbprint=made.thumbprint)
    return made is not None


def read_keys(pasted: str) -> list[tuple[Json, str]]:
    """Each Ed25519 public key in what was pasted, with its name. Raises Refused, its `field` the key."""
    words = pasted.strip()
    if words.startswith("-----BEGIN"):
        return [(_from_pem(words), "")]
    try:
        told = json.loads(words)
    except (ValueError, RecursionError):
        raise Refused("This is neither a key in JSON nor one in PEM.", field="key") from None
    found = [jwk for one in _inside(told) if (jwk := _jwk(one))]
    if not found:
        raise Refused("There is no Ed25519 public key in it.", field="key")
    return found


def _inside(told: Any) -> list[Any]:
    """The keys of a key set, of a DID document, of a passport's head, or the thing itself."""
    if isinstance(told, dict) and isinstance(told.get("keys"), list):
        return list(told["keys"])
    if isinstance(told, dict) and isinstance(told.get("verificationMethod"), list):
        methods = [one for one in told["verificationMethod"] if isinstance(one, dict)]
        with_key = (one for one in methods if isinstance(one.get("publicKeyJwk"), dict))
        return [one["publicKeyJwk"] | {"kid": one.get("id", "")} for one in with_key]
    return [told]


def _jwk(one: Any) -> tuple[Json, str] | None:
    if not isinstance(one, dict) or (one.get("kty"), one.get("crv")) != ("OKP", "Ed25519"):
        return None
    if "d" in one:
        raise Refused("This holds a private key. Never send that; ask the school for its public one.", field="key")
    try:
        x = str(one.get("x", ""))
        raw = base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
        Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, binascii.Error):
        return None
    kept = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    name = "".join(sign for sign in str(one.get("kid", "")) if sign.isprintable())
    return {"kty": "OKP", "crv": "Ed25519", "x": kept}, name[:300]


def _from_pem(words: str) -> Json:
    try:
        key = load_pem_public_key(words.encode())
    except ValueError:
        raise Refused("This PEM holds no public key.", field="key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("There is no Ed25519 public key in it.", field="key")
    x = base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": x}
