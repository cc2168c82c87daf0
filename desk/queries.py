"""What the desk reads from every room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from flask import current_app, url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from accounts.models import Role, User
from courseware.makeups.queries import waiting_make_ups, whose_classes
from courseware.models import MakeUp
from credentials.models import LedgerReview, PriorLearning
from credentials.prior_learning.queries import waiting_claims
from credentials.queries import hours_by_kind, waiting_for_review
from enrollment.applications.models import Application
from enrollment.applications.queries import waiting_applications
from enrollment.leads import AskState, GuideRequest
from enrollment.models import Cohort, Enrollment
from foundation.access import entry_of
from foundation.asking import rows
from foundation.audit import AuditLine
from foundation.db import db, written
from foundation.errors import NotFound
from foundation.escalating import StaffTask
from foundation.filters import shown_date, shown_datetime
from mail.models import Letter, LetterState
from payments.changing.listing import waiting as changes_waiting
from payments.models import EnrollmentChange, EnrollmentOrder
from payments.queries import in_limbo

DECIDE = ("admissions", "registrar", "finance", "owner")
SORTS: dict[str, Any] = {"name": func.lower(User.name), "email": User.email, "since": User.created_at}


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of the desk: what waits, how many, where to decide."""

    label: str
    number: int
    endpoint: str
    since: datetime | None = None

    @property
    def href(self) -> str:
        narrowed: dict[str, Any] = NARROWED.get(self.endpoint, {}) if self.number else {}
        return url_for(self.endpoint, **narrowed)


NARROWED: dict[str, dict[str, str]] = {"staff_enrollment.leads": {"state": "suspect"}}
"""Lists that show more than what waits: with these they show that alone."""
DECISIONS = "desk.home"


class Waits(NamedTuple):
    """How many wait, as SQL, and the moment from which each of them does."""

    number: Select[Any]
    since: InstrumentedAttribute[Any]

    @property
    def oldest(self) -> Select[Any]:
        return self.number.with_only_columns(func.min(self.since), maintain_column_froms=True)


@cache
def _queues() -> dict[tuple[str, str], Waits]:
    open_decisions = select(func.count(StaffTask.id)).where(StaffTask.resolved_at.is_(None))
    failed = Letter.state.in_([written(LetterState.FAILED), written(LetterState.DEAD)])
    held = select(func.count(GuideRequest.id)).where(GuideRequest.state == AskState.HELD)
    return {
        ("Decisions", DECISIONS): Waits(open_decisions, StaffTask.raised_at),
        ("Hours to review", "staff_hours.queue"): Waits(waiting_for_review(), LedgerReview.sent_at),
        ("Prior learning", "staff_hours.prior_learning"): Waits(waiting_claims(), PriorLearning.handed_in_at),
        ("Make-ups", "staff_classes.make_ups"): Waits(waiting_make_ups(), MakeUp.handed_in_at),
        ("Money in limbo", "staff_payments.orders"): Waits(in_limbo(), EnrollmentOrder.created_at),
        ("Applications", "staff_applications.queue"): Waits(waiting_applications(), Application.submitted_at),
        ("Changes asked for", "staff_changes.changes"): Waits(changes_waiting(), EnrollmentChange.asked_at),
        ("Letters that failed", "staff_mail.letters"): Waits(
            select(func.count(Letter.id)).where(failed), Letter.promised_at
        ),
        ("Guide requests held", "staff_enrollment.leads"): Waits(held, GuideRequest.asked_at),
    }


def waiting(user: User) -> list[Queue]:
    """The queues in which a person decides, with how many wait in each; one statement."""
    mine = _decided_by(user.role_names)
    if not mine:
        return []
    row = rows(_counted(mine), whose_classes(user))[0]
    return [Queue(label, number or 0, page) for (label, page), number in zip(mine, row, strict=True)]


def oldest_first(queues: Sequence[Queue], user: User) -> list[Queue]:
    """The same queues with the moment since which somebody waits there; the empty ones last. One statement."""
    mine = tuple((queue.label, queue.endpoint) for queue in queues)
    if not mine:
        return []
    row = rows(_oldest(mine), whose_classes(user))[0]
    dated = [replace(queue, since=since) for queue, since in zip(queues, row, strict=True)]
    full = sorted((queue for queue in dated if queue.since), key=attrgetter("since"))
    return full + [queue for queue in dated if not queue.since]


@cache
def _counted(chosen: tuple[tuple[str, str], ...]) -> Select[Any]:
    """One statement for each set of queues that a role decides in."""
    return select(*(_queues()[key].number.scalar_subquery() for key in chosen))


@cache
def _oldest(chosen: tuple[tuple[str, str], ...]) -> Select[Any]:
    return select(*(_queues()[key].oldest.scalar_subquery() for key in chosen))


def decides(user: User) -> bool:
    """Whether what only a person can decide is put before this one."""
    return any(user.has_role(role) for role in DECIDE)


@lru_cache(200)
def _decided_by(roles: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The queues in which somebody with these roles decides."""
    return tuple(key for key in _queues() if not roles.isdisjoint(_deciders(key[1])))


def _deciders(endpoint: str) -> Iterable[str]:
    if endpoint == DECISIONS:
        return DECIDE
    entry = entry_of(current_app, endpoint)
    return entry.roles if entry else ()


def may_enter(user: User, endpoint: str) -> bool:
    """Whether a staff page lets this person in."""
    entry = entry_of(current_app, endpoint)
    return entry is not None and any(user.has_role(role) for role in entry.roles)


def people_found(words: str, role: str, sort: str = "name") -> Select[Any]:
    """People whose name or address holds the words, with the role where one is asked for. `-name` sorts backwards."""
    column = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    query = select(User).order_by(column.desc() if sort.startswith("-") else column, User.id)
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(User.name.ilike(like), User.email.ilike(like)))
    return query.where(User.roles.any(Role.name == role)) if role else query


def person_page(user_id: int) -> dict[str, Any]:
    """Everything the school knows of one person, and nothing of her clients. Raises NotFound."""
    user = db.session.get(User, user_id, options=[joinedload(User.roles)])
    if user is None:
        raise NotFound
    return {
        "person": user,
        "facts": _facts(user),
        "hours_by_kind": hours_by_kind(user_id),
        "enrollments": _enrollments(user_id),
        "orders": _orders(user_id),
        "letters": _letters(user),
        "log": _events(_log(user_id)),
    }


def _facts(user: User) -> list[tuple[str, str]]:
    return [
        ("E-mail", user.email),
        ("Address", "confirmed" if user.confirmed_at else "not confirmed"),
        ("Roles", ", ".join(role.name for role in user.roles) or "none"),
        ("Time zone", user.time_zone.replace("_", " ")),
        ("With us since", shown_date(user.created_at)),
        *([("Will be erased", shown_date(user.erasure_due_at))] if user.erasure_due_at else []),
        *([("Erased", shown_date(user.erased_at))] if user.erased_at else []),
    ]


def _enrollments(user_id: int) -> Sequence[Enrollment]:
    cohort = joinedload(Enrollment.cohort).joinedload(Cohort.program)
    query = select(Enrollment).where(Enrollment.user_id == user_id).options(cohort)
    return db.session.scalars(query.order_by(Enrollment.started_at.desc(), Enrollment.id.desc())).all()


def _orders(user_id: int) -> Sequence[EnrollmentOrder]:
    cohort = joinedload(EnrollmentOrder.cohort)
    query = select(EnrollmentOrder).where(EnrollmentOrder.user_id == user_id).options(cohort)
    return db.session.scalars(query.order_by(EnrollmentOrder.id.desc())).all()


def _letters(user: User) -> Sequence[Letter]:
    theirs = or_(Letter.user_id == user.id, Letter.to_address == user.email)
    return db.session.scalars(select(Letter).where(theirs).order_by(Letter.id.desc()).limit(50)).all()


def _log(user_id: int) -> Sequence[Any]:
    """What was done by or to a person; her clients are nobody else's business, and left out."""
    theirs = or_(AuditLine.actor_id == user_id, (AuditLine.subject_type == "user") & (AuditLine.subject_id == user_id))
    query = select(AuditLine, User.name).outerjoin(User, User.id == AuditLine.actor_id)
    shown = query.where(theirs, AuditLine.subject_type != "client")
    return db.session.execute(shown.order_by(AuditLine.at.desc(), AuditLine.id.desc()).limit(80)).all()


def _events(log: Sequence[Any]) -> list[dict[str, Any]]:
    """The log as a timeline; what was done many times within a minute is one line."""
    told = [_event(line, name) for line, name in log]
    return [_together(list(same)) for _, same in groupby(told, key=lambda event: event[:3])]


def _together(same: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    when, title, by, _ = same[0]
    said = list(dict.fromkeys(text for *_, text in same if text))
    times = f", {len(same)} times" if len(same) > 1 else ""
    more = "; and more" if len(said) > 3 else ""
    return {"when": when, "title": title + times, "by": by, "text": "; ".join(said[:3]) + more}


def _event(line: AuditLine, name: str | None) -> tuple[str, str, str, str]:
    said = ", ".join(f"{key.replace('_', ' ')} {_said(value)}" for key, value in line.facts.items())
    title = line.verb.replace(".", ": ").replace("_", " ")
    return shown_datetime(line.at), title, name or "the program", said


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
