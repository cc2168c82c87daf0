"""A meeting room's report on the attendance page: looked at before it is written, written once."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from courseware.attendance.reports import taking
from courseware.models import Attendance, AttendanceReport, LiveClass, ReportState
from credentials.models import LedgerEntry
from enrollment.models import Enrollment
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused

STARTS = datetime(2026, 3, 12, 22, tzinfo=UTC)  # 18:00 in New York


@pytest.fixture
def noor(school):
    return school.user("Noor Haddad", "instructor", email="noor@example.com")


@pytest.fixture
def cohort(school):
    return school.cohort(seats=40)


@pytest.fixture
def places(school, cohort):
    return {name: school.enrollment(school.user(name), cohort) for name in ("Ana Lima", "Ben Okri", "Zoë Brontë")}


@pytest.fixture
def studio(school, cohort, noor):
    return school.live_class(cohort, starts_at=STARTS, instructor_id=noor.id)


@pytest.fixture
def sheet(studio):
    return f"/staff/classes/{studio.id}"


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def bring(client, sheet, data: bytes, name="participants.csv", **kwargs):
    return client.submit(f"{sheet}/report", {"file": (io.BytesIO(data), name)}, **kwargs)


def look(client, sheet, data: bytes) -> str:
    """The address of what is shown."""
    answer = bring(client, sheet, data)
    assert answer.status_code == 303, text(answer)
    return answer.location


def chosen(page) -> dict[str, str]:
    """What the form would send as it stands."""
    html = page.get_data(as_text=True)
    found = {}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        picked = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = picked.group(1) if picked else re.search(r'value="([^"]*)"', body).group(1)
    found["seen"] = re.search(r'name="seen"[^>]*value="(\d*)"', html).group(1)
    return found


def save(client, shown, **more):
    return client.submit(shown, chosen(client.get(shown)) | {"act": "save"} | more)


def ledger(app) -> list[tuple[int, int]]:
    with app.app_context():
        return [(e.minutes, e.core_minutes) for e in db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))]


def marks(app) -> dict[int, int]:
    with app.app_context():
        found = db.session.execute(select(Attendance.enrollment_id, Attendance.minutes).order_by(Attendance.id))
        return {row[0]: row[1] for row in found}


FULL = ("Ana Lima", "", -10, 155)


def test_nothing_is_written_before_it_is_saved_and_then_the_minutes_stand(app, client, school, noor, places, sheet):
    stays = [FULL, ("Ben Okri's iPhone", "", 30, 60), ("BRONTE, zoe (she/her)", "", 0, 40), ("Zoë", "", 20, 90)]
    data = school.zoom_report(STARTS, stays)
    shown = look(client.sign_in(noor), sheet, data)
    page = text(client.get(shown))
    assert "150 of 150" in page and "30 of 150" in page and "18:30-19:00" in page
    assert "1 name is not on the sheet" in page
    assert ledger(app) == []
    assert save(client, shown).status_code == 303
    assert ledger(app) == [(150, 120), (30, 24), (40, 32)]


def test_stays_of_a_person_add_up_and_overlaps_count_once(app, client, school, noor, places, sheet):
    stays = [
        ("Ana Lima", "", 0, 30),
        ("Ana Lima", "", 20, 50),
        ("Ana Lima (phone)", "", 40, 45),
        ("Ana Lima", "", 100, 200),
    ]
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, stays))
    assert "18:00-18:50, 19:40-20:30" in text(client.get(shown))
    save(client, shown)
    assert ledger(app) == [(100, 80)]


def test_people_are_found_by_their_address_under_whatever_name(app, client, school, noor, places, sheet):
    ana = places["Ana Lima"]
    with app.app_context():
        email = db.session.get_one(Enrollment, ana.id).user.email
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [("annie", email.upper(), 0, 150)]))
    assert "by e-mail" in text(client.get(shown))
    save(client, shown)
    assert marks(app) == {ana.id: 150}


def test_who_is_not_found_is_chosen_by_a_person_and_seen_again_before_it_is_saved(
    app, client, school, noor, places, sheet
):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL, ("Benny", "", 0, 60)]))
    first = save(client, shown, **{"pick-2": str(places["Ben Okri"].id)})
    assert first.location == shown
    assert ledger(app) == []
    assert "chosen by you" in text(client.get(shown))
    save(client, shown)
    assert marks(app) == {places["Ana Lima"].id: 150, places["Ben Okri"].id: 60}


def test_of_two_who_are_called_alike_neither_is_taken(client, school, noor, cohort, places, sheet):
    school.enrollment(school.user("Lima Ana"), cohort)
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL]))
    page = text(client.get(shown))
    assert "1 name is not on the sheet" in page
    assert "Nobody on the sheet was found" in page


def test_the_teacher_is_no_name_to_ask_about(client, school, noor, places, sheet):
    stays = [FULL, ("Noor Haddad", "", -20, 160), ("N. H.", "noor@example.com", 0, 5)]
    page = text(client.sign_in(noor).get(look(client, sheet, school.zoom_report(STARTS, stays))))
    assert "not on the sheet</h2>" not in page and "Who is this?" not in page
    assert "teaches this class" in page


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_the_zone_in_which_the_report_fits_the_class_is_assumed_and_shown(
    app, client, school, cohort, places, zone, sheet, noor
):
    school.set_time_zone(noor, zone)
    data = school.zoom_report(STARTS, [FULL], zone=zone)
    shown = look(client.sign_in(noor), sheet, data)
    assert f'<option selected value="{zone}"' in client.get(shown).text
    save(client, shown)
    assert marks(app) == {places["Ana Lima"].id: 150}


def test_another_zone_can_be_named_and_is_shown_first(app, client, school, noor, places, sheet):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL], zone="Asia/Tokyo"))
    page = text(client.get(shown))
    assert "No time in this report lies inside the class" in page
    assert "Save to the sheet" not in page
    again = save(client, shown, time_zone="Asia/Tokyo")
    assert again.location == shown and ledger(app) == []
    assert "150 of 150" in text(client.get(shown))
    save(client, shown)
    assert marks(app) == {places["Ana Lima"].id: 150}


def test_a_report_that_lies_outside_the_class_is_never_saved(app, client, school, noor, places, sheet):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS + timedelta(days=7), [FULL]))
    answer = save(client, shown)
    assert answer.status_code == 422
    assert "there is nothing to save" in text(answer)
    assert marks(app) == {}


def test_meet_counts_no_more_than_the_report_states(app, client, noor, places, sheet):
    """First and last time span the whole class; Meet's own duration says that the person was away in between."""
    data = "First name,Last name,Email,Duration,Time joined,Time exited\nAna,Lima,,1 hr 40 min,5:58 PM,8:31 PM\n"
    shown = look(client.sign_in(noor), sheet, data.encode())
    assert "states 100 min" in text(client.get(shown))
    save(client, shown)
    assert ledger(app) == [(100, 80)]


def test_the_older_report_with_totals_only_counts_at_most_the_class(app, client, noor, places, sheet):
    rows = "Ana Lima,,163\nBen Okri,,45\nBen Okri (2),,20"
    data = f"Name (Original Name),User Email,Total Duration (Minutes)\n{rows}\n"
    shown = look(client.sign_in(noor), sheet, data.encode())
    assert "No times in this report" in text(client.get(shown))
    save(client, shown)
    assert marks(app) == {places["Ana Lima"].id: 150, places["Ben Okri"].id: 45}


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


def test_rows_that_count_for_nothing_are_listed_with_line_and_reason(client, noor, places, sheet):
    data = "Name,Join Time,Leave Time\nAna Lima,2026-03-12 18:00,2026-03-12 20:30\nBen Okri,soon,later\n"
    page = text(client.sign_in(noor).get(look(client, sheet, data.encode())))
    assert "Left out: 1 row" in page and "“soon” is no time" in page


def test_a_file_that_is_no_report_says_so_beside_the_field(client, noor, places, sheet):
    answer = bring(client.sign_in(noor), sheet, b"%PDF-1.7", "slides.pdf")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_what_is_put_away_is_gone(app, client, school, noor, places, sheet):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL]))
    client.submit(f"{shown}/drop", on=shown)
    assert client.get(shown).status_code == 404
    assert marks(app) == {}


def test_only_who_marks_this_class_may_bring_or_see_a_report(client, school, noor, places, sheet):
    shown = look(client.sign_in(noor), sheet, school.zoom_report(STARTS, [FULL]))
    for who, answer in (("instructor", 404), ("trainee", 403), ("registrar", 200)):
        stranger = client.sign_in(school.user("Somebody", who))
        assert stranger.get(shown).status_code == answer
        assert stranger.get(f"{sheet}/report").status_code == answer


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
        one.join(20)
    assert 1 in answers
    assert any("This very file was saved" in str(answer) for answer in answers)
    assert ledger(app) == [(150, 120)]
    with app.app_context():
        assert db.session.scalar(select(func.count(Attendance.id))) == 1


def test_the_pages_take_eight_statements_at_most(client, school, noor, cohort, places, sheet, queries):
    people = [school.user(f"Person {number}") for number in range(12)]
    for person in people:
        school.enrollment(person, cohort)
    data = school.zoom_report(STARTS, [(person.name, person.email, 0, 150) for person in people])
    shown = look(client.sign_in(noor), sheet, data)
    for path in (f"{sheet}/report", shown, sheet):
        with queries() as q:
            assert client.get(path).status_code == 200
        assert q.count <= 8, f"{path}\n" + "\n".join(q.sent)
