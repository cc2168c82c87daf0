"""Before rules are published an owner sees for whom they change something; what was assessed keeps its rules."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from credentials import certifying
from credentials.models import REACH_MOVES, Assessment, Occasion, ReachState, RuleReach, RuleVersion
from credentials.ruling import drafting, publishing, reaching
from credentials.ruling.figures import figures_of, with_figures
from credentials.ruling.living import live_book
from enrollment.models import Enrollment, EnrollmentState, Level
from foundation.db import db

KEY = "experience.total_hours_min"


@pytest.fixture
def owner(school):
    return school.user("Ingrid Solheim", "owner")


@pytest.fixture
def ready(school):
    """A graduate of a Level 1 program with 102 hours of coaching with eight clients: meets the minimums of ACC."""
    program = school.program(level=Level.LEVEL1, minutes=3600, core_minutes=3000, synchronous_minutes=1800)
    cohort = school.cohort(of=program, starts_in=-300)
    user = school.user("Tomás Ferreira")
    enrollment = school.enrollment(user, cohort)
    school.lesson_hours(enrollment, minutes=3600, core=3000, on=cohort.starts_on + timedelta(days=5))
    clients = [school.coached_client(user, f"Client {n}") for n in range(8)]
    for number in range(17):
        school.coaching_session(user, clients[number % 8], minutes=360)
    with school.app.app_context():
        db.session.get(Enrollment, enrollment.id).state = EnrollmentState.COMPLETED
        db.session.commit()
    return user


def drafted(school, owner, hours, first_day=None):
    """A draft that asks for so many hours, its reach asked for. Runs in its own context."""
    with school.app.app_context():
        actor, at = db.session.merge(owner), school.now()
        draft = drafting.begin("acc-level-2025", actor, at, first_day=first_day)
        document = drafting.document_json(draft.text)
        name = next(one.name for one in figures_of(document, live_book()) if one.key == KEY)
        drafting.keep(draft, with_figures(document, {name: hours}, None, live_book()), actor, at)
        reaching.ask(draft, at, at.date())
        db.session.commit()
        db.session.refresh(draft)
        db.session.expunge_all()
        return draft


def reach_of(school):
    with school.app.app_context():
        found = db.session.scalars(select(RuleReach)).one()
        db.session.expunge(found)
        return found


def test_a_small_school_is_looked_at_at_once_and_each_turn_is_counted_and_named(client, school, owner, ready):
    school.enrollment(school.user("Ana Lima"), school.cohort())
    draft = drafted(school, owner, 103)
    page = client.sign_in(owner).get(f"/staff/rules/drafts/{draft.public_id}/review").text
    assert "1 verdict" in page
    assert "meets the minimums → does not yet meet them" in page
    assert "Tomás Ferreira" in page and "Ana Lima" not in page


def test_where_no_verdict_turns_it_says_so(client, school, owner, ready):
    draft = drafted(school, owner, 101)
    page = client.sign_in(owner).get(f"/staff/rules/drafts/{draft.public_id}/review").text
    assert "For none of 1 trainee does the verdict change." in page


def test_rules_to_come_are_read_as_of_their_first_day(school, owner, ready):
    day = school.now().date() + timedelta(days=30)
    drafted(school, owner, 103, first_day=day)
    reach = reach_of(school)
    assert (reach.on, reach.turns) == (day, {"eligible>not_eligible": 1})


def test_a_large_school_is_left_to_the_worker_piece_by_piece(client, school, owner, ready, monkeypatch):
    monkeypatch.setattr(reaching, "PIECE", 2)
    cohort = school.cohort()
    for number in range(4):
        school.enrollment(school.user(f"Trainee {number}"), cohort)
    draft = drafted(school, owner, 103)
    page = client.sign_in(owner).get(f"/staff/rules/drafts/{draft.public_id}/review").text
    assert "0 of 5 trainees" in page and "data-poll" in page
    with school.app.app_context():
        seen = []
        for reach in reaching.work(school.now()):
            seen.append((reach.looked_at, str(reach.state)))
            db.session.commit()
    assert seen == [(2, "waiting"), (4, "waiting"), (5, "done")]
    assert "1 verdict" in client.get(f"/staff/rules/drafts/{draft.public_id}/review").text


def test_the_task_works_out_what_waits(school, owner, ready, monkeypatch):
    from tasks.rules import work_out_reach

    monkeypatch.setattr(reaching, "PIECE", 0)
    drafted(school, owner, 103)
    monkeypatch.setattr(reaching, "PIECE", 25)
    with school.app.app_context():
        assert work_out_reach() == 1
    assert reach_of(school).state == ReachState.DONE


def test_when_other_rules_are_published_meanwhile_the_reach_is_asked_for_again(client, school, owner, ready):
    draft, other = drafted(school, owner, 103), drafted(school, owner, 110, first_day=date(2030, 1, 1))
    with school.app.app_context():
        publishing.publish(drafting.open_draft(other.public_id), db.session.merge(owner), school.now(), why="Read.")
        db.session.commit()
    address = f"/staff/rules/drafts/{draft.public_id}"
    page = client.sign_in(owner).get(f"{address}/review").text
    assert "does not fit the rules in force" in page


def test_a_draft_of_the_schools_own_numbers_reaches_no_application(client, school, owner, ready):
    with school.app.app_context():
        actor, at = db.session.merge(owner), school.now()
        draft = drafting.begin("provider-level1", actor, at, first_day=None)
        document = drafting.document_json(draft.text)
        figures = figures_of(document, live_book())
        drafting.keep(draft, with_figures(document, {figures[-1].name: 4}, None, live_book()), actor, at)
        reaching.ask(draft, at, at.date())
        db.session.commit()
        name = draft.public_id
    page = client.sign_in(owner).get(f"/staff/rules/drafts/{name}/review").text
    assert "No trainee's application is read under these rules." in page


@pytest.mark.parametrize("old", list(ReachState))
@pytest.mark.parametrize("new", list(ReachState))
def test_a_reach_ends_once(old, new):
    assert REACH_MOVES.allows(old, new) == (old == new or old == ReachState.WAITING)


def kept(school, **wishes):
    with school.app.app_context():
        query = select(Assessment).filter_by(**wishes).order_by(Assessment.id)
        return [(a.credential, a.verdict, a.rule_set, a.version_number) for a in db.session.scalars(query)]


def test_sending_hours_keeps_what_the_rules_said_that_day(school, ready):
    entry = school.coaching_session(ready)
    with school.app.app_context():
        line = entry.entry_id
    from credentials.models import LedgerEntry

    with school.app.app_context():
        found = db.session.get(LedgerEntry, line)
        db.session.expunge_all()
    school.sent(found)
    assert kept(school, occasion=Occasion.SUBMISSION) == [
        ("ACC", "eligible", "acc-level-2025", None),
        ("PCC", "not_eligible", "pcc-level-2025", None),
    ]


def test_a_certificate_keeps_what_the_rules_said_of_the_checked_hours(school):
    enrollment, owner = school.graduate_to_be(), school.user("Olga Owner", "owner")
    with school.app.app_context():
        staff = db.session.merge(owner)
        made = certifying.issue(db.session.get(Enrollment, enrollment.id), staff, school.now())
        db.session.commit()
        number = made.id
    assert [one[0] for one in kept(school, certificate_id=number)] == ["ACC", "PCC"]


def test_a_kept_assessment_keeps_the_version_it_used_after_that_is_taken_back(client, school, owner, ready):
    draft = drafted(school, owner, 101)
    with school.app.app_context():
        found = drafting.open_draft(draft.public_id)
        publishing.publish(found, db.session.merge(owner), school.now(), why="Read.")
        db.session.commit()
    client.sign_in(ready)
    day = school.now().date().isoformat()
    answer = client.submit("/hours/assessments", {"credential": "ACC", "path": "level", "on": day}, on="/hours")
    assert answer.status_code == 303
    with school.app.app_context():
        version = db.session.scalars(select(RuleVersion)).unique().one()
        publishing.withdraw(version, db.session.merge(owner), school.now(), reason="Misread.")
        db.session.commit()
    page = client.get(answer.location).text
    assert "101 h" in page and "acc-level-2025" in page
    assert "acc-level-2025, version 1" in client.get("/hours").text
    assert "acc-level-2025, version 1" in client.get("/hours/assessments").text
    assert "1 assessment" in client.sign_in(owner).get("/staff/rules/versions/1").text


def test_what_is_kept_is_nobody_elses_and_is_never_edited(client, school, ready):
    day = school.now().date().isoformat()
    kept_at = (
        client.sign_in(ready)
        .submit("/hours/assessments", {"credential": "ACC", "path": "level", "on": day}, on="/hours")
        .location
    )
    assert client.sign_in(school.user("Ana Lima")).get(kept_at).status_code == 404
    with school.app.app_context(), pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE assessment SET verdict = 'eligible'"))


@pytest.mark.parametrize("day", ["", "2019-01-01"])
def test_a_day_without_rules_is_not_kept_and_says_why(client, school, ready, day):
    client.sign_in(ready)
    told = {"credential": "ACC", "path": "level", "on": day}
    page = client.submit("/hours/assessments", told, on="/hours", follow_redirects=True).text
    assert "No published rules are known" in page or "Choose a credential" in page
    assert kept(school) == []
