"""Keeping assessments: what the engine said on an occasion that matters, with the very rules that it used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select

from accounts.models import User
from credentials.evaluating import ProfileError, evaluate
from credentials.models import Assessment, Certificate, Occasion, ReviewState, RuleVersion, RuleWithdrawal
from credentials.profiling import Records, records_of
from credentials.remarking import remarks
from credentials.ruling.living import behind, live_book
from credentials.standing import usual_path
from credentials.summing import CHECKED, COUNTED
from foundation.db import db
from foundation.errors import NotFound

SIDE_BY_SIDE = ("ACC", "PCC")


def keep(
    user: User,
    at: datetime,
    *,
    credential: str,
    path: str,
    on: date,
    occasion: Occasion,
    records: Records | None = None,
    states: Iterable[ReviewState] = COUNTED,
    certificate: Certificate | None = None,
) -> Assessment:
    """Write down what the live rules say. Raises ProfileError where no rules are known for that day."""
    book = live_book()
    answer = evaluate((records or records_of(user.id)).profile(credential, path, on, states), book)
    made = Assessment(
        user_id=user.id,
        occasion=occasion,
        credential=credential,
        path=path,
        apply_on=on,
        verdict=answer["verdict"],
        rule_set=answer["rule_set"],
        version_number=behind(book, book.rule_sets[answer["rule_set"]], on),
        book_digest=book.digest,
        answer=answer,
        certificate_id=certificate.id if certificate else None,
        made_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def keep_for(user: User, at: datetime, occasion: Occasion, certificate: Certificate | None = None) -> None:
    """ACC and PCC on the person's usual path, as of that day; a certificate looks at what is checked alone."""
    records, on = records_of(user.id), at.astimezone(ZoneInfo(user.time_zone)).date()
    states = CHECKED if occasion == Occasion.CERTIFICATE else COUNTED
    told: dict[str, Any] = {"records": records, "states": states, "certificate": certificate}
    for credential in SIDE_BY_SIDE:
        try:
            keep(user, at, credential=credential, path=usual_path(records), on=on, occasion=occasion, **told)
        except ProfileError:
            return


def kept_by(user_id: int) -> Select[Assessment]:
    """A person's assessments, the newest first."""
    query = select(Assessment).where(Assessment.user_id == user_id)
    return query.order_by(Assessment.made_at.desc(), Assessment.id.desc())


def kept(public_id: str, user_id: int) -> Assessment:
    """One of a person's own. Raises NotFound."""
    query = select(Assessment).where(Assessment.public_id == public_id, Assessment.user_id == user_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def remarked(found: Assessment) -> list[str]:
    """Its remarks, with words for the records that still stand; one that is gone keeps the name it had."""
    profile = records_of(found.user_id).profile(found.credential, found.path, found.apply_on)
    return remarks(found.answer["notices"], profile)


def taken_back(found: Assessment) -> RuleWithdrawal | None:
    """When and why the version that it was read under was taken back, where it was."""
    query = select(RuleWithdrawal).join(RuleVersion).where(RuleVersion.number == found.version_number)
    return db.session.scalar(query)


def number_under(version_number: int) -> int:
    """How many assessments were read under a version of the rules."""
    query = select(func.count()).select_from(Assessment).where(Assessment.version_number == version_number)
    return db.session.scalar(query) or 0
