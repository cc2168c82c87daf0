"""Reads about applications: the staff's queue, one with its notes, and how somebody stands before a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from accounts.models import User
from enrollment.applications.models import WAITS, Application, ApplicationNote, ApplicationState, NoteKind
from enrollment.models import Cohort
from foundation.db import db, written
from foundation.errors import NotFound

OPINIONS = (NoteKind.WANTED, NoteKind.FOR, NoteKind.AGAINST)
SORTS: dict[str, Any] = {
    "oldest": (Application.submitted_at.asc().nulls_last(), Application.id),
    "newest": (Application.submitted_at.desc().nulls_last(), Application.id.desc()),
    "name": (func.lower(User.name), Application.id),
    "cohort": (Cohort.starts_on, Application.submitted_at, Application.id),
    "due": (Application.due_until.asc().nulls_last(), Application.id),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff look for; `state` is `waiting`, `opinion`, `all` or a state."""

    words: str = ""
    state: str = "waiting"
    cohort: str = ""
    sort: str = "oldest"

    @classmethod
    def read(cls, args: Any) -> Wanted:
        given = {name: str(args.get(name, "")).strip()[:100] for name in ("words", "state", "cohort", "sort")}
        return cls(given["words"], given["state"] or "waiting", given["cohort"], given["sort"] or "oldest")

    def as_args(self) -> dict[str, Any]:
        named = (("words", self.words), ("state", self.state), ("cohort", self.cohort), ("sort", self.sort))
        return {name: value for name, value in named if value}


def found(wanted: Wanted) -> Select[Any]:
    """Applications that were sent, each with the last that was said about a second opinion."""
    last = (
        select(ApplicationNote.kind)
        .where(ApplicationNote.application_id == Application.id, ApplicationNote.kind.in_(OPINIONS))
        .order_by(ApplicationNote.id.desc())
        .limit(1)
        .correlate(Application)
        .scalar_subquery()
    )
    query = (
        select(Application, last)
        .join(Application.user)
        .join(Application.cohort)
        .options(
            joinedload(Application.user).options(lazyload(User.roles)),
            joinedload(Application.cohort).joinedload(Cohort.program),
        )
        .where(Application.state != ApplicationState.DRAFT)
        .order_by(*SORTS.get(wanted.sort, SORTS["oldest"]))
    )
    if wanted.words:
        like = f"%{wanted.words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(User.name.ilike(like), User.email.ilike(like)))
    if wanted.cohort:
        query = query.where(Cohort.code == wanted.cohort)
    return _in_state(query, wanted.state, last)


def _in_state(query: Select[Any], state: str, last: Any) -> Select[Any]:
    if state == "waiting":
        return query.where(Application.state.in_(WAITS))
    if state == "opinion":
        return query.where(last == NoteKind.WANTED)
    known = {str(one) for one in ApplicationState}
    return query.where(Application.state == ApplicationState(state)) if state in known else query


def waiting_applications() -> Select[Any]:
    """How many wait for the school, as a statement; for the desk."""
    return select(func.count(Application.id)).where(Application.state.in_([written(state) for state in WAITS]))


def named(public_id: str) -> Application:
    """One that was sent, with its person, cohort and questions. Raises NotFound."""
    query = (
        select(Application)
        .options(
            joinedload(Application.user),
            joinedload(Application.questions),
            joinedload(Application.cohort).joinedload(Cohort.program),
        )
        .where(Application.public_id == public_id, Application.state != ApplicationState.DRAFT)
    )
    one = db.session.scalar(query)
    if one is None:
        raise NotFound
    return one


def notes_of(application: Application) -> list[ApplicationNote]:
    """The newest first."""
    query = select(ApplicationNote).options(joinedload(ApplicationNote.by).options(lazyload(User.roles)))
    mine = query.where(ApplicationNote.application_id == application.id)
    return list(db.session.scalars(mine.order_by(ApplicationNote.id.desc())))


def cohorts_applied_for() -> list[tuple[str, str]]:
    """Cohorts of which there are applications: code and name, the newest first."""
    query = select(Cohort.code, Cohort.title).where(Cohort.id.in_(select(Application.cohort_id)))
    return [(code, title) for code, title in db.session.execute(query.order_by(Cohort.starts_on.desc(), Cohort.id))]
