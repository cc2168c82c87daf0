"""The school's rules are data: published by the owner, kept in every version, the narrowest one in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from enrollment.policies import applying, publishing
from enrollment.policies.terms import STANDARD, Measure, Step, Terms
from foundation.db import db
from foundation.errors import Refused

LAST = {"last_percent": "0", "currency": "USD", "transfers": "1", "completion_months": "24", "extension_months": "6"}
LAST |= {"grace_days": "10", "note": "Clearer words"}


@pytest.fixture
def owner(app, school):
    return app.test_client().sign_in(school.user("Olga Owner", "owner"))


def line(n, measure, number, percent, keep=""):
    values = {"measure": measure, "number": number, "percent": percent, "keep": keep}
    return {f"steps-{n}-{name}": value for name, value in values.items()}


def write(owner, school, page, *, do="publish", **other):
    sent = LAST | {"effective_on": applying_day(owner, school), "after": "0", "do": do} | other
    return owner.submit(f"{page}/new", {name: value for name, value in sent.items() if value is not None})


def applying_day(owner, school):
    with owner.application.app_context():
        return applying.school_day(school.now()).isoformat()


def test_the_narrowest_rule_holds(app, school):
    program = school.program()
    cohort, other = school.cohort(of=program), school.cohort()
    with app.app_context():
        assert applying.in_force(db.session.merge(cohort), school.now()).terms == STANDARD
    school.policy(None, transfers=0)
    school.policy(program, transfers=2)
    with app.app_context():
        assert applying.in_force(db.session.merge(cohort), school.now()).terms.transfers == 2
        assert applying.in_force(db.session.merge(other), school.now()).terms.transfers == 0
    school.policy(cohort, transfers=3)
    with app.app_context():
        assert applying.in_force(db.session.merge(cohort), school.now()).terms.transfers == 3


def test_a_version_holds_from_its_day_and_the_older_one_until_then(app, school):
    cohort, at = school.cohort(), school.now()
    school.policy(cohort, transfers=1)
    with app.app_context():
        mine = db.session.merge(cohort)
        later = applying.school_day(at) + timedelta(days=10)
        publishing.publish(mine, Terms(steps=STANDARD.steps, transfers=5), effective_on=later, note="x", at=at)
        db.session.commit()
        assert applying.in_force(mine, at + timedelta(days=9)).version == 1
        assert applying.in_force(mine, at + timedelta(days=10)).terms.transfers == 5


def test_a_rule_with_sums_in_another_currency_is_passed_over(app, school):
    cohort = school.cohort(currency="EUR")
    school.policy(None, steps=STANDARD.steps, currency="", transfers=7)
    with app.app_context():
        of = db.session.merge(cohort).program
    school.policy(of, currency="USD")
    with app.app_context():
        assert applying.in_force(db.session.merge(cohort), school.now()).terms.transfers == 7
        with pytest.raises(Refused, match="sold in EUR"):
            publishing.publish(
                db.session.merge(cohort),
                Terms(steps=(Step(Measure.AFTERWARDS, 0, 0),), currency="USD", deposit_cents=1),
                effective_on=applying.school_day(school.now()),
                note="x",
                at=school.now(),
            )


@pytest.mark.parametrize("statement", ["UPDATE refund_policy SET version = 9", "DELETE FROM refund_policy"])
def test_a_published_version_is_never_edited(app, school, statement):
    school.policy()
    with app.app_context():
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_owner_looks_first_and_then_publishes(app, owner, school):
    cohort = school.cohort(code="juniper")
    lines = line(0, "days_before", "14", "100") | line(1, "days_after", "30", "75", "250.50")
    page = f"/staff/policies/cohort/{cohort.code}"
    looked = write(owner, school, page, do="preview", deposit="500", **lines)
    assert looked.status_code == 200
    assert "Until 14 days before the first day: everything but the deposit of $500 comes back." in looked.text
    assert "$2,974.50" in looked.text
    with app.app_context():
        assert publishing.versions(f"cohort:{cohort.id}") == []
    assert write(owner, school, page, deposit="500", **lines).status_code == 303
    shown = owner.get(page).text
    assert "Version 1, in force since" in shown
    assert "Clearer words" in shown
    assert "Olga Owner" in shown
    again = owner.get(f"{page}/new").text
    assert 'value="250.5"' in again
    assert 'value="500"' in again


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (line(0, "days_before", "7", "100") | line(1, "days_before", "14", "90"), "steps", "Line 2 must be later"),
        (line(0, "", "", "") | line(1, "days_before", "14", "90"), "steps", "empty line between two"),
        (line(0, "", "14", "90"), "steps", "Line 1: say what it counts"),
        (line(0, "classes", "some", "90"), "steps", "Line 1: how many?"),
        (line(0, "days_after", "9", "20") | {"last_percent": "30"}, "steps", "The last line gives back more"),
        ({"deposit": "lots"}, "deposit", "Write an amount"),
        ({"deposit": "5", "currency": ""}, "currency", "needs its currency"),
        ({"transfers": "-1"}, "transfers", "Write a whole number"),
        ({"make_ups": "many"}, "make_ups", "Write a whole number"),
        ({"note": ""}, "note", "Say why"),
        ({"effective_on": "2001-01-01"}, "effective_on", "days that are over"),
        ({"effective_on": "soon"}, "effective_on", ""),
    ],
)
def test_a_rule_that_can_not_hold_is_refused_beside_its_field_and_what_was_typed_stays(
    owner, school, wrong, field, words
):
    answer = write(owner, school, "/staff/policies/school/all", grace_days="17", **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert 'value="17"' in answer.text


def test_two_who_write_at_once_do_not_overwrite_each_other(owner, school):
    page = "/staff/policies/school/all"
    assert write(owner, school, page).status_code == 303
    answer = write(owner, school, page)
    assert answer.status_code == 422
    assert "Somebody else published a version" in answer.text
    assert write(owner, school, page, after="1").status_code == 303


@pytest.mark.parametrize("role", ["finance", "registrar", "admissions"])
def test_staff_read_the_rules_and_the_owner_alone_writes_them(app, school, role):
    client = app.test_client().sign_in(school.user("Staff", role))
    school.policy(school.program(slug="practitioner"))
    assert client.get("/staff/policies").status_code == 200
    page = client.get("/staff/policies/program/practitioner").text
    assert "Until half of the course has gone" in page
    assert "Write the next version" not in page
    assert client.get("/staff/policies/program/practitioner/new").status_code == 403


@pytest.mark.parametrize("page", ["school/x", "program/none", "cohort/none", "planet/all"])
def test_a_place_that_there_is_not_is_not_there(owner, page):
    assert owner.get(f"/staff/policies/{page}").status_code == 404


def test_pages_of_the_rules_ask_the_database_at_most_eight_times(owner, school, queries):
    program = school.program(slug="practitioner")
    for _ in range(3):
        school.policy(school.cohort(of=program))
    school.policy(program)
    for page in ("", "/program/practitioner", "/school/all", "/program/practitioner/new"):
        owner.get(f"/staff/policies{page}")
        with queries() as q:
            assert owner.get(f"/staff/policies{page}").status_code == 200
        assert q.count <= 8, (page, q.sent)
