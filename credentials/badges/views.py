"""What machines read about badges: keys, issuer, achievements, the signed badge, its picture, the revocation list."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import select

from credentials.badges.drawing import baked
from credentials.badges.identity import did_document, key_set, profile
from credentials.badges.keeping_keys import key_in_use, published_keys
from credentials.badges.minting import achievement, badge_by, credential, minted
from credentials.badges.revoking import revocation_list
from enrollment.models import Program
from foundation.access import public
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound
from foundation.limits import limiter

badges = Blueprint("badges", __name__)
SIGNED, LINKED = "application/vc+jwt", "application/ld+json"
PICTURES = {"png": "image/png", "svg": "image/svg+xml"}


def _answer(content: str | bytes, mimetype: str, *, seconds: int = 300, filename: str = "") -> Response:
    headers = {"Cache-Control": f"public, max-age={seconds}", "Access-Control-Allow-Origin": "*"}
    if filename:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return Response(content, mimetype=mimetype, headers=headers)


def _json(told: dict[str, Any], mimetype: str = LINKED) -> Response:
    return _answer(json.dumps(told, ensure_ascii=False), mimetype)


@badges.get("/.well-known/did.json")
@public
def did() -> Response:
    key_in_use(now())
    db.session.commit()
    return _json(did_document(published_keys()), "application/did+json")


@badges.get("/.well-known/jwks.json")
@public
def keys() -> Response:
    key_in_use(now())
    db.session.commit()
    return _json(key_set(published_keys()), "application/json")


@badges.get("/badges/issuer")
@public
def issuer() -> Response:
    return _json(profile())


@badges.get("/badges/achievements/<slug>")
@public
def about(slug: str) -> Response:
    program = db.session.scalars(select(Program).where(Program.slug == slug)).one_or_none()
    if program is None:
        raise NotFound
    return _json(achievement(program, program.title, str(program.level)).to_dict())


@badges.get("/badges/status/revocation")
@public
def revoked() -> Response:
    signed = revocation_list(now())
    db.session.commit()
    return _answer(signed, SIGNED)


@badges.get("/badges/<public_id>")
@badges.get("/badges/<public_id>.jwt")
@public
@limiter.limit("120 per minute")
def signed(public_id: str) -> Response:
    token = minted(badge_by(public_id), now())
    db.session.commit()
    return _answer(token, SIGNED, filename="badge.jwt")


@badges.get("/badges/<public_id>.json")
@public
@limiter.limit("120 per minute")
def readable(public_id: str) -> Response:
    """The credential in clear, for reading; the proof is in the signed one."""
    return _json(credential(badge_by(public_id)).to_vc())


@badges.get("/badges/<public_id>.<any(png, svg):kind>")
@public
@limiter.limit("60 per minute")
def drawn(public_id: str, kind: str) -> Response:
    badge = badge_by(public_id)
    content = baked(badge, minted(badge, now()), kind)
    db.session.commit()
    return _answer(content, PICTURES[kind])
