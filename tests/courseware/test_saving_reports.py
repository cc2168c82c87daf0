"""A meeting room's report is written once, with its evidence, and changes what was saved only with a reason."""

from __future__ import annotations

import hashlib
from threading import Barrier, Thread

from sqlalchemy import func, select

from courseware.attendance.reports import taking
from courseware.models import Attendance, AttendanceReport, LiveClass, ReportState
from credentials.models import LedgerEntry
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.courseware import reporting
from tests.courseware.looking import ledger, text
from tests.courseware.reporting import FULL, STARTS, bring, chosen, look, marks, save

places, studio = reporting.places, reporting.studio


def test_the_same_file_again_changes_nothing_and_says_so(app, client, school, noor, places, sheet):
    data = school.zoom_report(STARTS, [FULL])
    save(client.sign_in(noor), look(client, sheet, data))
    again = bring(client, sheet, data)
    assert again.status_code == 422
    assert "This very file was saved to this class" in text(again) and "Noor Haddad" in text(again)
    assert ledger(app) == [(150, 120)]


def test_a_corrected_mark_is_not_overwritten_by_the_file_that_was_saved_before(
    app, client, school, noor, places, sheet
):
    data = school.zoom_report(STARTS, [FULL])
    instructor = client.sign_in(noor)
    save(instructor, look(client, sheet, data))
    sheet_of = {f"minutes-{p.id}": "150" for p in places.values()}
    instructor.submit(sheet, sheet_of | {f"minutes-{places['Ana Lima'].id}": "90", "reason": "left early"})
    assert bring(client, sheet, data).status_code == 422
    assert marks(app)[places["Ana Lima"].id] == 90


def test_a_saved_mark_changes_only_with_a_reason_or_is_left_alone(app, client, school, noor, places, sheet):
    instructor = client.sign_in(noor)
    ana, ben = places["Ana Lima"], places["Ben Okri"]
    instructor.submit(sheet, {f"minutes-{p.id}": "90" for p in places.values()} | {"absent": [str(ben.id)]})
    shown = look(client, sheet, school.zoom_report(STARTS, [FULL, ("Ben Okri", "", 0, 60)]))
    refused = save(client, shown)
    assert refused.status_code == 422
    assert "Say why you change what was saved" in text(refused)
    save(client, shown, keep_saved="y")
    assert marks(app)[ana.id] == 90
    other = look(client, sheet, school.zoom_report(STARTS, [FULL, ("Ben Okri", "", 0, 70)]))
    save(client, other, reason="Zoom's report")
    assert (marks(app)[ana.id], marks(app)[ben.id]) == (150, 70)
    assert ledger(app)[-3:] == [(-90, -72), (150, 120), (70, 56)]


def test_whom_the_report_does_not_name_is_absent_only_when_somebody_says_so(app, client, school, noor, places, sheet):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL]))
    assert "Not in the report: 2 people" in text(client.get(shown))
    save(client, shown, absent="y")
    assert sorted(marks(app).values()) == [0, 0, 150]


def test_the_evidence_is_kept_without_the_file(app, client, school, noor, places, sheet):
    data = school.zoom_report(STARTS, [FULL, ("A stranger", "stranger@example.com", 0, 9)])
    shown = look(client.sign_in(noor), sheet, data)
    save(client, shown)
    digest = hashlib.sha256(data).hexdigest()
    with app.app_context():
        line = db.session.scalars(select(LedgerEntry)).one()
        kept = db.session.scalars(select(AttendanceReport)).one()
        assert line.evidence["report"] == {"sha256": digest, "rows": [5], "read_as": "America/New_York"}
        assert len(line.evidence["times"]) == 1
        assert (kept.state, kept.sealed_file, kept.digest) == (ReportState.SAVED, "", digest)
        assert "stranger" not in str(kept.rows)
        verbs = set(db.session.scalars(select(AuditLine.verb)))
    assert {"attendance_report.saved", "attendance.marked"} <= verbs
    page = text(client.get(shown))
    assert digest in page and "Left out: nobody on the sheet" in page and "Ana Lima" in page
    assert "participants.csv" in text(client.get(sheet))


def test_a_colleague_who_saved_meanwhile_is_not_overwritten_unseen(app, client, school, noor, places, sheet):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL]))
    seen = chosen(client.get(shown))
    registrar = app.test_client().sign_in(school.user("Mia Berg", "registrar"))
    registrar.submit(sheet, {f"minutes-{p.id}": "60" for p in places.values()})
    answer = client.submit(shown, seen | {"act": "save", "reason": "Zoom says so"})
    assert "Somebody else saved meanwhile: Ana Lima (60 min)" in text(answer)
    assert marks(app)[places["Ana Lima"].id] == 60


def test_two_who_save_the_same_file_in_one_moment_write_it_once(app, school, noor, places, studio):
    data = school.zoom_report(STARTS, [FULL])
    people = [noor, school.user("Mia Berg", "registrar")]
    kept = [school.brought_report(studio, data, person) for person in people]
    gate, answers = Barrier(2), []

    def act(report, person) -> None:
        with app.app_context():
            live_class, mine = db.session.get_one(LiveClass, studio.id), db.session.get_one(AttendanceReport, report.id)
            actor = db.session.get_one(type(person), person.id)
            gate.wait()
            try:
                answers.append(
                    taking.save(
                        mine,
                        live_class,
                        absent=False,
                        keep_saved=False,
                        reason="",
                        seen=0,
                        actor=actor,
                        at=school.now(),
                    )
                )
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                answers.append(refused.message)

    both = [Thread(target=act, args=pair) for pair in zip(kept, people, strict=True)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert 1 in answers
    assert any("This very file was saved" in str(answer) for answer in answers)
    assert ledger(app) == [(150, 120)]
    with app.app_context():
        assert db.session.scalar(select(func.count(Attendance.id))) == 1
