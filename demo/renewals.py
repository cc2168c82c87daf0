"""Chapter eight: a graduate who holds the ACC, an alumni evening that fills her wallet, and courses from elsewhere."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta

from PIL import Image, ImageDraw
from sqlalchemy import select

from courseware.attending import record_attendance
from courseware.authoring import put_modules
from courseware.drafts import LessonDraft, ModuleDraft
from courseware.models import Lesson, LessonKind
from courseware.scheduling import schedule
from credentials import reviewing
from credentials.models import LedgerEntry, LedgerReview, ReviewState
from credentials.models import Level as Credential
from credentials.renewing.filling import Taught, note_unit
from credentials.renewing.holding import note_credential
from demo.people import person
from enrollment import seating
from enrollment.enrolling import activate, move
from enrollment.models import Cohort, Enrollment, EnrollmentState, Level, Program
from foundation.db import db
from foundation.uploads import checked_document

HOLDER = "siobhan-ni-dhuill"
EVENING = 150
COURSES = (
    ("Supervision for coaches: a first look", "Far Shore Institute", 90, {"core": 360, "resource": 120}),
    ("Numbers for a practice of one", "Quayside Adult College", 160, {"resource": 240}),
    ("Supervision group, eight evenings", "Far Shore Institute", 30, {"supervision": 720}),
)


def make_renewals(at: datetime) -> None:
    """The credential came a while after the certificate; what fills the wallet came after the credential."""
    user = person(HOLDER)
    granted = at.date() - timedelta(days=390)
    note_credential(
        user, level=Credential.ACC, granted_on=granted, expires_on=_end_of_quarter(granted), number="009471208", at=at
    )
    _attend(_evening(at), at)
    for number, (title, provider, days, taught) in enumerate(COURSES):
        on = at.date() - timedelta(days=days)
        paper = checked_document("certificate.png", _paper(title, provider, on), field="document")
        told = Taught(on=on, title=title, provider=provider, **taught)
        note_unit(user, told, once=f"demo-course-{number:010}", document=paper, at=at)


def _end_of_quarter(granted: date) -> date:
    """Three years on, at the end of that quarter, as ICF counts."""
    month = (granted.month - 1) // 3 * 3 + 3
    following = date(granted.year + 3 + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _evening(at: datetime) -> Enrollment:
    program = Program(
        slug="alumni-ethics",
        title="Alumni evening: ethics when nobody is looking",
        level=Level.CCE,
        minutes=EVENING,
        core_minutes=EVENING,
        synchronous_minutes=EVENING,
        summary="One evening for graduates, on the code of ethics and the cases that it does not name.",
        facts={"ethics_minutes": 120},
        is_published=False,
        position=90,
        created_at=at - timedelta(days=90),
    )
    db.session.add(program)
    db.session.flush()
    put_modules(
        program, [ModuleDraft("evening", "One evening", "Bring a case that you did not bring anywhere.", [_lesson()])]
    )
    on = at.date() - timedelta(days=48)
    cohort = Cohort(
        code="alumni-autumn",
        program_id=program.id,
        title="Alumni evening",
        starts_on=on,
        ends_on=on,
        time_zone="Europe/Dublin",
        seats=40,
        price_cents=4500,
        currency="USD",
        rhythm="one evening",
        opens_at=at - timedelta(days=80),
        closes_at=at - timedelta(days=49),
        created_at=at - timedelta(days=80),
    )
    db.session.add(cohort)
    db.session.flush()
    since = at - timedelta(days=60)
    return activate(person(HOLDER), cohort, seating.take(cohort, ref=f"staff:{HOLDER}:alumni", at=since), at=since)


def _lesson() -> LessonDraft:
    return LessonDraft(
        "1.md",
        "the-evening",
        "Ethics when nobody is looking",
        LessonKind.LIVE_CLASS,
        minutes=EVENING,
        core_minutes=EVENING,
        synchronous=True,
    )


def _attend(enrollment: Enrollment, at: datetime) -> None:
    registrar, cohort = person("beatriz-fonseca-lund"), enrollment.cohort
    starts_at = datetime.combine(cohort.starts_on, time(18), UTC)
    lesson = db.session.query(Lesson).filter_by(program_id=cohort.program_id).one()
    evening = schedule(
        cohort,
        title=cohort.program.title,
        starts_at=starts_at,
        minutes=EVENING,
        core_minutes=EVENING,
        at=at,
        lesson=lesson,
    )
    record_attendance(evening, {enrollment.id: EVENING}, actor=registrar, at=starts_at + timedelta(hours=14))
    lines = (
        select(LedgerEntry.public_id)
        .join(LedgerReview, LedgerReview.entry_id == LedgerEntry.id)
        .where(LedgerEntry.enrollment_id == enrollment.id, LedgerReview.state == ReviewState.SENT)
    )
    move(enrollment, EnrollmentState.COMPLETED, at=at)
    reviewing.approve(list(db.session.scalars(lines)), registrar, at=starts_at + timedelta(days=2))


def _paper(title: str, provider: str, on: date) -> bytes:
    """A plain certificate, as a scan would be."""
    page, out = Image.new("RGB", (620, 440), "white"), io.BytesIO()
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, 600, 420), outline="black", width=3)
    for height, words in ((80, provider), (160, "Certificate of attendance"), (230, title), (300, on.isoformat())):
        pen.text((60, height), words, fill="black")
    page.save(out, "PNG")
    return out.getvalue()
