"""Cohorts as staff write them: one that is short of its least number, one that asks for something, a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from demo.people import person
from enrollment.cohorts import writing
from enrollment.models import Cohort
from foundation.db import db

LATER = timedelta(days=182)


def write_some(at: datetime) -> None:
    _change("sorrel", at, seats_minimum=9)
    words = "A first conversation with one of us, or a training of at least 20 hours in listening or leading."
    _change("rowan", at, seats_minimum=6, prerequisites=words)
    _copy("juniper", "aspen", "Aspen cohort", at)


def _cohort(code: str) -> Cohort:
    return db.session.query(Cohort).filter_by(code=code).one()


def _change(code: str, at: datetime, **wishes: Any) -> None:
    cohort, actor = _cohort(code), person("ingrid-solheim-achebe")
    draft = replace(writing.as_draft(cohort), **wishes)
    writing.change(cohort, draft, seen=cohort.revision, actor=actor, at=at)


def _copy(code: str, new: str, title: str, at: datetime) -> None:
    """The next one of its kind, half a year later; not before the public yet."""
    old = _cohort(code)
    draft = replace(
        writing.as_draft(old),
        title=title,
        starts_on=old.starts_on + LATER,
        ends_on=old.ends_on + LATER,
        opens_at=old.closes_at,
        closes_at=old.closes_at + LATER,
    )
    writing.create(new, draft, like=old, actor=person("ingrid-solheim-achebe"), at=at)
