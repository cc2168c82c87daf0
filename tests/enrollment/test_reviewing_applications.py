"""Staff choose what is asked, read what comes in, and decide once, never onto a seat that is not there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.enrollment import applicants
from tests.enrollment.applicants import states, sweep, text, told

program, cohort, ana, desk = applicants.program, applicants.cohort, applicants.ana, applicants.desk


def decide(desk, school, one, do, **wishes):
    until = (school.now() + timedelta(days=10)).date().isoformat()
    page = f"/staff/applications/{one.public_id}"
    return desk.submit(page, {"word": "", "until": until, "do": do} | wishes)


def test_nobody_is_accepted_onto_a_seat_that_is_not_there(app, desk, school, program, ana):
    cohort = school.full_cohort(of=program, holds_seats=True)
    one = school.application(ana, cohort)
    answer = decide(desk, school, one, "accept")
    assert answer.status_code == 422
    assert "none is left" in text(answer)
    assert states(app) == ["submitted"]


def test_staff_take_ask_and_decide_and_each_state_has_its_letter(app, client, desk, school, cohort, ana):
    one = school.application(ana, cohort)
    page = f"/staff/applications/{one.public_id}"
    desk.submit(f"{page}/take", on=page)
    assert states(app) == ["in_review"]
    decide(desk, school, one, "more", word="Which languages do you speak?")
    client.sign_in(ana)
    assert "Which languages do you speak?" in text(client.get(f"/apply/{cohort.code}"))
    client.submit(f"/apply/{cohort.code}/answers", {"q1": "Two", "do": "send"}, on=f"/apply/{cohort.code}")
    decide(desk, school, one, "decline", word="The group is complete.")
    assert states(app) == ["declined"]
    titles = [title for _, title in told(app)]
    assert titles == [
        "Your application has arrived",
        "One more question about your application",
        "Your answers have arrived",
        "About your application",
    ]
    assert "The group is complete." in text(client.get(f"/apply/{cohort.code}"))
    assert client.submit(f"/apply/{cohort.code}", on="/account").status_code == 422, "declined is declined"


@pytest.mark.parametrize(
    ("do", "wrong", "field"),
    [
        ("decline", {"word": ""}, "word"),
        ("more", {"word": ""}, "word"),
        ("accept", {"until": ""}, "until"),
        ("accept", {"until": "2020-01-01"}, "until"),
    ],
)
def test_a_decision_that_lacks_something_says_so_beside_it(app, desk, school, cohort, ana, do, wrong, field):
    answer = decide(desk, school, school.application(ana, cohort), do, **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert states(app) == ["submitted"]


def test_of_two_who_decide_at_once_the_second_is_told(app, desk, school, cohort, ana):
    one = school.application(ana, cohort)
    other = app.test_client().sign_in(school.user("Ida Admissions", "admissions"))
    assert decide(other, school, one, "decline", word="No seat for this.").status_code == 303
    answer = decide(desk, school, one, "accept", seen=str(one.revision))
    assert answer.status_code == 422
    assert "has changed since you opened the page" in text(answer)
    assert states(app) == ["declined"]


def test_a_cohort_that_is_called_off_ends_its_applications(app, desk, school, cohort, ana):
    school.application(ana, cohort)
    desk.submit(f"/staff/cohorts/{cohort.code}/call-off", {"reason": "Too few", "sure": "y"})
    assert sweep(app, school, days=0) == 1
    assert states(app) == ["lapsed"]


def test_a_second_opinion_comes_from_somebody_else_and_stands_in_the_queue(app, desk, school, cohort, ana):
    one = school.application(ana, cohort)
    page = f"/staff/applications/{one.public_id}"
    desk.submit(f"{page}/notes", {"kind": "wanted", "text": "I am not sure."}, on=page)
    assert "Opinion wanted" in text(desk.get("/staff/applications?state=opinion"))
    mine = desk.submit(f"{page}/notes", {"kind": "for", "text": "Yes."}, on=page)
    assert mine.status_code == 422
    other = app.test_client().sign_in(school.user("Ida Admissions", "admissions"))
    other.submit(f"{page}/notes", {"kind": "for", "text": "Clearly yes."}, on=page)
    assert "Ana Lima" not in text(desk.get("/staff/applications?state=opinion"))
    assert "Clearly yes." in text(desk.get(page))
    applicant = app.test_client().sign_in(ana)
    assert "Clearly yes." not in text(applicant.get(f"/apply/{cohort.code}"))


def test_questions_come_in_versions_and_an_application_keeps_its_own(app, desk, school, program, cohort, ana):
    school.application(ana, cohort, is_sent=False)
    rows = {"questions-0-label": "Who are you?", "questions-0-kind": "line", "questions-0-is_needed": "y"}
    page = "/staff/applications/questions/practitioner"
    assert desk.submit(page, rows | {"is_asked": "y", "days_to_buy": "7", "intro": "Hello"}).status_code == 303
    applicant = app.test_client().sign_in(ana)
    assert "Why do you want to coach?" in text(applicant.get(f"/apply/{cohort.code}"))
    bo = school.user("Bo Chen")
    school.application(bo, cohort, is_sent=False)
    assert "Who are you?" in text(app.test_client().sign_in(bo).get(f"/apply/{cohort.code}"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"questions-0-label": ""}, "Question 1: what do you ask?"),
        ({"questions-0-kind": "choice"}, "give at least two choices"),
        ({"days_to_buy": "0"}, "From 1 to 120 days."),
        ({"questions-0-kind": ""}, "Ask at least one thing"),
        ({"after": "0"}, "Somebody else has published"),
    ],
)
def test_questions_that_can_not_be_asked_are_refused(desk, program, wrong, said):
    rows = {"questions-0-label": "Who are you?", "questions-0-kind": "line", "is_asked": "y", "days_to_buy": "7"}
    answer = desk.submit("/staff/applications/questions/practitioner", rows | wrong)
    assert answer.status_code == 422
    assert said in text(answer)


@pytest.mark.parametrize(("role", "status"), [("finance", 403), ("instructor", 403), ("admissions", 200)])
def test_only_admissions_and_registrar_read_applications(app, school, role, status):
    somebody = app.test_client().sign_in(school.user("Some Body", role))
    assert somebody.get("/staff/applications").status_code == status


def test_the_queue_finds_sorts_exports_and_stays_cheap(app, desk, school, program, queries):
    cohort = school.cohort(of=program, seats=9)
    for name in ("Ana Lima", "Bo Chen", "Cy Dove"):
        school.application(school.user(name), cohort)
    assert "Bo Chen" not in text(desk.get("/staff/applications?words=ana"))
    listed = text(desk.get("/staff/applications?sort=newest"))
    assert listed.index("Cy Dove") < listed.index("Ana Lima")
    assert desk.get("/staff/applications?format=csv").text.count("submitted") == 3
    with queries() as seen:
        desk.get("/staff/applications")
    assert seen.count <= 8, seen.sent
