"""Somebody who has left words in every room, and where words of theirs are found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Enum, LargeBinary, String, Table, select
from sqlalchemy.dialects.postgresql import JSONB

from accounts.models import User
from courseware import studying
from courseware.attendance.reports import taking
from courseware.models import Lesson
from credentials import certifying
from credentials.awarding import reverse
from credentials.certificates.holding import hold_back
from credentials.coaching_log import peers
from credentials.coaching_log.importing import looking as imports
from credentials.coaching_log.phone.sealing import phone_key_of
from credentials.confirming import requesting
from credentials.mentor_coaching.keeping_mentors import Told as Known
from credentials.mentor_coaching.keeping_mentors import add_mentor, note_fact
from credentials.models import FactKind, HoldSource, LedgerReview, Level, MentorCredential
from credentials.observing import drafting, signing
from credentials.observing.contents import Evidence, Observation
from credentials.performance.deciding import decide, sign_for, take
from credentials.prior_learning.deciding import approve
from credentials.reviewing import send_back
from credentials.second_looking import ask as ask_second
from credentials.transcripts import issuing
from enrollment import enrolling
from enrollment.access import clock
from enrollment.access.models import AccessKind
from enrollment.applications import reviewing
from enrollment.applications.models import NoteKind
from enrollment.models import Enrollment
from foundation.db import Base, db
from foundation.escalating import escalate, open_tasks, resolve
from foundation.secrets import decrypt
from foundation.uploads import checked_document
from payments.scholarships.giving import Gift, give
from tests.makers import credentials as hours
from tests.makers import makeups, offers, performance, prior_learning, renewing, reports, stories
from tests.makers.applications import ANSWERS, application, asking_program
from tests.makers.courseware import course, live_class
from tests.makers.guide import guide_request
from tests.makers.passports import passport
from tests.makers.people import user
from tests.makers.waitlist import full_cohort, waiting

NAME, EMAIL = "Zephyrine Quillfeather", "zephyrine@example.com"
CLIENT, CONTACT, PHONE = "Wrenna Castellanova", "wrenna@example.com", "+1 555 0199"
WORD = "Quokka"
WORDS = ("zephyrine", "quillfeather", "castellanova", CONTACT, PHONE, WORD.lower())
"""What must be found nowhere: name, address, a client's name, contact and phone, and what was noted anywhere."""
LOG = f"Client,Date,Minutes,Paid\n{CLIENT} {PHONE},2026-01-05,60,paid\n"


def rich_person(school: Any) -> User:
    """Enrolled, certified, with a coaching log, mentors, documents, stories, letters; nothing of it runs any more."""
    place = hours.graduate_to_be(school, NAME)
    person = db.session.get_one(User, place.user_id)
    person.email = EMAIL
    rosa = user(school, "Rosa Registrar", "registrar")
    keiko = hours.mentor_account(school)
    db.session.flush()
    certifying.issue(place, rosa, school.now())
    for write in (_courses, _log, _hours, _mentors, _documents, _evaluation, _applying, _public):
        write(school, person, place, rosa, keiko)
    issuing.issue(person, rosa, school.now())
    passport(school, person)
    return person


def _courses(school: Any, person: User, place: Enrollment, rosa: User, _keiko: User) -> None:
    """A note, a quiz, attendance from a report, a class made up."""
    program = place.cohort.program
    course(school, program, "Opening")
    lesson = db.session.scalars(select(Lesson).where(Lesson.program_id == program.id).order_by(Lesson.id)).first()
    assert lesson is not None
    studying.write_note(place, lesson.id, f"{WORD} beside a lesson", at=school.now())
    seen = "https://recordings.example.com/2"
    made = live_class(school, place.cohort, starts_in=timedelta(days=-2), recording_url=seen)
    stays = [(NAME, EMAIL, 0, 150)]
    brought = reports.brought_report(school, made, reports.zoom_report(school, made.starts_at, stays), rosa)
    known = {"absent": False, "keep_saved": False, "reason": "", "seen": 0}
    taking.save(brought, made, **known, actor=rosa, at=school.now())
    makeups.marked(school, made, place, 30, reason=f"{WORD}: she was ill")
    reports.brought_report(school, made, reports.zoom_report(school, made.starts_at, [*stays, stays[0]]), rosa)
    makeups.make_up_rule(school, place.cohort)
    words = f"{WORD} taught me how silence makes room for the other."
    makeups.handed_in(school, place, made, takeaways=words, practice_minutes=30, practice_with=CLIENT)


def _log(school: Any, person: User, _place: Enrollment, _rosa: User, _keiko: User) -> None:
    at = school.now()
    client = hours.coached_client(school, person, CLIENT, contact=f"{CONTACT} {PHONE}")
    session = hours.coaching_session(school, person, client, notes=f"{WORD} came up")
    requesting.ask(person, session.entry.public_id, address=CONTACT, at=at)
    wrong = hours.coaching_session(school, person, client, minutes=45)
    reverse(wrong.entry, f"{CLIENT} did not come", person, at)
    peers.note_received(person, on=session.on, minutes=60, peer=f"{CLIENT}, {PHONE}", at=at)
    phone_key_of(person, at=at)
    imports.show(person, LOG.encode(), f"{CLIENT}.csv", at=at)


def _hours(school: Any, person: User, place: Enrollment, rosa: User, _keiko: User) -> None:
    """A line that was asked about and sent back, and one whose access was longer for a reason."""
    entry = hours.lesson_hours(school, place, minutes=30)
    review = db.session.get_one(LedgerReview, entry.id)
    ask_second(review, rosa, school.now(), question=f"Does {WORD} belong here?")
    other = hours.lesson_hours(school, place, minutes=20)
    send_back([other.public_id], rosa, school.now(), reason=f"{WORD} is missing")
    clock.write(place, AccessKind.GIVEN, None, at=school.now(), actor=rosa, reason=f"{WORD} was born")


def _mentors(school: Any, person: User, _place: Enrollment, _rosa: User, keiko: User) -> None:
    """A mentor of her own with a proof, a booked hour, a session that was observed and signed."""
    own = add_mentor(name="Ottoline Brackenbury", credential=MentorCredential.PCC, at=school.now(), owner=person)
    proof = checked_document(f"{WORD}.png", prior_learning.picture(shade=77), field="proof")
    note_fact(
        own,
        Known(FactKind.RENEWAL, Level.PCC, date(2026, 1, 1), note=f"says {WORD}", proof=proof),
        actor=person,
        at=school.now(),
    )
    hours.mentor_session(school, person, own)
    hours.mentor_booking(school, person, hours.mentor_slot(school, keiko))
    session = hours.mentor_session(school, person, drafting.mentor_of(keiko))
    on = (school.now() - timedelta(days=3)).date()
    form = drafting.begin_observation(keiko, session.public_id, level=Level.ACC, about_on=on, at=school.now())
    said = tuple(Evidence(n, 60 * n + 5, f"{WORD}?", f"{CLIENT} laughed") for n in range(1, 9))
    mark = drafting.mark_of(drafting.version_of(form))
    drafting.save(form, Observation(said, {}, WORD), based_on=mark, actor=keiko, at=school.now())
    signing.offer(form, actor=keiko, at=school.now())
    signing.give_back(form, word=f"{WORD} was not said", actor=person, at=school.now())
    signing.offer(form, actor=keiko, at=school.now())
    signing.sign(form, actor=person, at=school.now())


def _documents(school: Any, person: User, place: Enrollment, rosa: User, _keiko: User) -> None:
    """One behind the certificate, one that was granted without a course, one that waits; a renewal with its proof."""
    stands = prior_learning.prior_claim(school, person, enrollment=place, shade=1, note=WORD)
    alone = prior_learning.prior_claim(school, person, shade=2, note=WORD)
    prior_learning.prior_claim(school, person, shade=3, note=f"{WORD}, {PHONE}")
    for claim, where in ((stands, place), (alone, None)):
        approve(claim, claim.claimed, f"Saw {WORD}", enrollment=where, actor=rosa, at=school.now())
    renewing.held_credential(school, person, number=f"{WORD}-1")
    document = checked_document(f"{NAME}.png", prior_learning.picture(shade=78), field="document")
    renewing.cce_unit(school, person, document=document)


def _evaluation(school: Any, person: User, _place: Enrollment, rosa: User, keiko: User) -> None:
    """A recording, its verdict, and that it was read; then she stopped."""
    of = performance.evaluated_program(school, slug="evaluated")
    place = offers.enrollment(school, person, offers.cohort(school, of=of, starts_in=-100))
    told = {"transcript": f"{CLIENT}: I met a {WORD}.", "reflection": f"{WORD} {performance.REFLECTION}"}
    attempt = performance.recording(school, place, **told)
    take(keiko, attempt.public_id, at=school.now())
    decide(keiko, attempt.public_id, replace(performance.assessed(), overall=WORD), at=school.now())
    sign_for(person, attempt.public_id, at=school.now())
    hold_back(place, reason=f"{WORD} is missing", source=HoldSource.STAFF, at=school.now(), actor=rosa)
    enrolling.withdraw(place, reason=f"{WORD} came first", at=school.now(), actor=rosa)


def _applying(school: Any, person: User, _place: Enrollment, rosa: User, _keiko: User) -> None:
    """An application with a note, a place in line, the guide, a scholarship, a decision that was put before staff."""
    of = asking_program(school, slug="asking")
    made = application(school, person, offers.cohort(school, of=of))
    made.answers = ANSWERS | {"q1": f"{WORD}, {PHONE}"}
    reviewing.note(made, NoteKind.NOTE, f"{NAME} sounds like {WORD}", actor=rosa, at=school.now())
    waiting(school, full_cohort(school, of=offers.program(school, slug="full")), person)
    guide_request(school, NAME, EMAIL, news=True)
    give(person, Gift(f"{WORD} is ill", percent=10), actor=rosa, at=school.now())
    escalate("made.up", subject=person, summary=f"{NAME} asks", dedupe="made-up", at=school.now(), name=NAME)
    task = open_tasks()[-1]
    resolve(task, actor=rosa, at=school.now(), note=f"Called her under {PHONE}")


def _public(school: Any, person: User, _place: Enrollment, _rosa: User, _keiko: User) -> None:
    stories.story(school, person, title=f"{NAME} and the {WORD}", pull_quote=WORD)
    stories.coach_profile(school, person, headline=NAME, bio_md=WORD, location=PHONE)


def places_of(*words: str) -> dict[str, set[str]]:
    """Where words are found: in every column of text, JSON or bytes of every table, sealed ones opened."""
    found: dict[str, set[str]] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if holds_words(column):
                for value in _values(table, column):
                    if hits := {word for word in words if word in value}:
                        found.setdefault(f"{table.name}.{column.name}", set()).update(hits)
    return found


def holds_words(column: Any) -> bool:
    """Whether a column can hold what somebody wrote: text of any kind, JSON, bytes; no key, no word of a list."""
    kind = isinstance(column.type, String | LargeBinary | JSONB) and not isinstance(column.type, Enum)
    return kind and column.name != "public_id"


def _values(table: Table, column: Any) -> Iterator[str]:
    for value in db.session.scalars(select(column).where(column.is_not(None))):
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
        yield (decrypt(text) if column.name.startswith("sealed_") and text else text).lower()
