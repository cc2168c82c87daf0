"""A meeting room's report is looked at before it is written: who was there, by which clock, for how many minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrollment.models import Enrollment
from foundation.db import db
from tests.courseware import reporting
from tests.courseware.looking import ledger, text
from tests.courseware.reporting import FULL, STARTS, bring, look, marks, save

places, studio = reporting.places, reporting.studio


@pytest.fixture
def noor(school):
    return school.user("Noor Haddad", "instructor", email="noor@example.com")


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
