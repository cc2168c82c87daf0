"""Making a pack: asked for on the page, put together by the worker, some documents at a time, each piece committed.

A worker that dies is followed by another: what is typeset lies on the pack's desk, and is not made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
import typst
from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from accounts.models import User
from credentials.models import PACK_MOVES, AccreditationPack, FormKind, PackState
from credentials.observing.documents import file_name as form_name
from credentials.observing.documents import form_pdf
from credentials.observing.queries import forms_among
from credentials.performance.documents import file_name as verdict_name
from credentials.performance.documents import verdict_pdf
from credentials.performance.queries import attempts_among
from desk.accrediting import storing
from desk.accrediting.completing import completeness
from desk.accrediting.gathering import Gathered, gather
from desk.accrediting.packing import digest_of, plain, write_pack
from enrollment.models import Cohort
from foundation.audit import record
from foundation.clock import day_in
from foundation.db import db, new_public_id
from foundation.errors import NotFound
from foundation.jobs import Job, enqueue

log = structlog.get_logger()
PIECE = 10
STAYS = timedelta(days=7)
FOLDERS = {FormKind.OBSERVATION: "observation-forms", FormKind.REVIEW: "competency-reviews"}
Maker = Callable[[], bytes]


def ask(cohort: Cohort, *, actor: User, at: datetime) -> AccreditationPack:
    """Have a pack made. While one of this cohort is being made, that is the answer."""
    values = {"public_id": new_public_id(), "cohort_id": cohort.id, "asked_by_id": actor.id, "asked_at": at}
    blank = {"state": PackState.WAITING, "documents": 0, "made": 0, "sha256": "", "fault": ""}
    statement = insert(AccreditationPack).values(**values, **blank).on_conflict_do_nothing()
    is_new = db.session.execute(statement.returning(AccreditationPack.id)).scalar_one_or_none() is not None
    waiting = (AccreditationPack.cohort_id == cohort.id, AccreditationPack.state == PackState.WAITING)
    made = db.session.scalars(select(AccreditationPack).where(*waiting)).one()
    if is_new:
        record("accreditation.pack_asked", subject=cohort, actor=actor, at=at)
    enqueue(Job.MAKE_PACKS)
    return made


def pack_named(public_id: str) -> AccreditationPack:
    """A pack whose file is there. Raises NotFound."""
    found = db.session.scalar(select(AccreditationPack).where(AccreditationPack.public_id == public_id))
    if found is None or found.state != PackState.DONE or not storing.file_of(found).is_file():
        raise NotFound
    return found


def work(at: datetime) -> Iterator[AccreditationPack]:
    """Piece after piece of what waits; the caller commits after each."""
    while (pack := _claimed()) is not None:
        try:
            _make_piece(pack, at)
        except (OSError, ValueError, NotFound, typst.TypstError) as wrong:
            log.warning("pack.failed", pack=pack.public_id, error=type(wrong).__name__)
            _end(pack, PackState.FAILED, at)
            pack.fault = f"{type(wrong).__name__}: {wrong}"[:300]
            storing.clear_desk(pack)
        yield pack


def sweep(at: datetime) -> int:
    """Remove packs that are older than a week; how many."""
    ended = AccreditationPack.state.in_((PackState.DONE, PackState.FAILED))
    old = list(db.session.scalars(select(AccreditationPack).where(ended, AccreditationPack.asked_at < at - STAYS)))
    for pack in old:
        PACK_MOVES.check(pack.state, PackState.GONE)
        pack.state = PackState.GONE
        storing.remove(pack)
    return len(old)


def _claimed() -> AccreditationPack | None:
    query = select(AccreditationPack).where(AccreditationPack.state == PackState.WAITING)
    locked = query.with_for_update(of=AccreditationPack, skip_locked=True, key_share=True)
    return db.session.scalar(locked.order_by(AccreditationPack.id).limit(1).execution_options(populate_existing=True))


def _make_piece(pack: AccreditationPack, at: datetime) -> None:
    cohort = pack.cohort
    with current_app.test_request_context():
        got = gather(cohort.program.slug, cohort.code, at=at, on=day_in(cohort.time_zone, at))
        if got is None:
            raise NotFound
        wanted, desk = documents_of(got), storing.desk_of(pack)
        lacking = [name for name in wanted if not (desk / name).is_file()]
        for name in lacking[:PIECE]:
            _write(desk / name, wanted[name]())
        pack.documents, pack.made = len(wanted), len(wanted) - len(lacking[PIECE:])
        if not lacking[PIECE:]:
            _finish(pack, got, {name: desk / name for name in wanted}, at)


def _finish(pack: AccreditationPack, got: Gathered, documents: dict[str, Path], at: datetime) -> None:
    complete, target = completeness(got), storing.file_of(pack)
    staging = target.with_suffix(".part")
    with staging.open("wb") as out:
        write_pack(out, got, complete, documents, at)
    staging.replace(target)
    pack.percent, pack.bytes, pack.sha256 = complete.percent, target.stat().st_size, digest_of(target)
    _end(pack, PackState.DONE, at)
    storing.clear_desk(pack)


def _end(pack: AccreditationPack, state: PackState, at: datetime) -> None:
    PACK_MOVES.check(pack.state, state)
    pack.state, pack.ended_at = state, at


def documents_of(got: Gathered) -> dict[str, Maker]:
    """Every form that both have signed, and every verdict, by its name in the pack."""
    made: dict[str, Maker] = {}
    for form in forms_among(row.person.user_id for row in got.found.rows):
        name = f"{FOLDERS[form.kind]}/{plain(form.user.name)}/{form.id}-{form_name(form)}"
        made[name] = partial(form_pdf, form)
    for attempt in attempts_among(row.person.id for row in got.found.rows):
        if attempt.verdict is not None:
            name = f"evaluations/{plain(attempt.user.name)}/{verdict_name(attempt)}"
            made[name] = partial(verdict_pdf, attempt)
    return made


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staging = target.with_suffix(".part")
    staging.write_bytes(content)
    staging.replace(target)
