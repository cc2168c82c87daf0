"""Consent to mail that nobody needs: the words that were shown, when, and whether they were taken back."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import select

from foundation.db import db
from mail.models import Consent, ConsentAct, StopReason
from mail.suppressing import digest, lift, stop

WORDINGS = Path(__file__).with_name("consents.yaml")
NEWS = "news"


@cache
def wordings() -> dict[str, dict[str, str]]:
    """Purpose -> {version, wording}. A changed wording needs a new version."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(WORDINGS.read_text("utf-8"))
    return loaded


def wording(purpose: str, school: str) -> str:
    return wordings()[purpose]["wording"].format(school=school).strip()


def give(address: str, purpose: str, *, school: str, source: str, at: datetime) -> None:
    """A person ticked the box: keep the very words."""
    _add(address, purpose, ConsentAct.GIVEN, at, source, wording(purpose, school), wordings()[purpose]["version"])


def confirm(address: str, purpose: str, *, source: str, at: datetime) -> None:
    """The address proved to be theirs, so the consent counts; an earlier unsubscribing is over."""
    _add(address, purpose, ConsentAct.CONFIRMED, at, source)
    lift(digest(address), StopReason.UNSUBSCRIBED)


def withdraw(address_digest: str, *, source: str, at: datetime) -> None:
    """No more news, from now on. Taken back twice it is taken back once."""
    stop(address_digest, StopReason.UNSUBSCRIBED, at=at, source=source)
    if _latest(address_digest, NEWS) not in {None, ConsentAct.WITHDRAWN}:
        db.session.add(Consent(digest=address_digest, purpose=NEWS, act=ConsentAct.WITHDRAWN, source=source, at=at))


def history(address: str) -> list[Consent]:
    query = select(Consent).where(Consent.digest == digest(address)).order_by(Consent.id)
    return list(db.session.scalars(query))


def stands(address: str, purpose: str) -> bool:
    """Whether the latest word on this purpose is a confirmed yes."""
    return _latest(digest(address), purpose) == ConsentAct.CONFIRMED


def _latest(address_digest: str, purpose: str) -> ConsentAct | None:
    query = select(Consent.act).where(Consent.digest == address_digest, Consent.purpose == purpose)
    return db.session.scalar(query.order_by(Consent.id.desc()).limit(1))


def _add(
    address: str, purpose: str, act: ConsentAct, at: datetime, source: str, words: str = "", version: str = ""
) -> None:
    row = Consent(
        digest=digest(address), purpose=purpose, act=act, at=at, source=source, wording=words, version=version
    )
    db.session.add(row)
