"""Who applies keeps a draft, and hears in every state; whoever is accepted may enroll, and nobody else."""

from __future__ import annotations

import itertools
import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from enrollment.applications.models import APPLICATION_MOVES, Application, ApplicationState
from enrollment.models import Seat
from foundation.db import db
from foundation.errors import Refused
from foundation.states import MoveRefused
from tests.enrollment import applicants
from tests.enrollment.applicants import states, sweep, text, told
from tests.makers.applications import ANSWERS

NEWCOMER = {"name": "Mara Quint", "email": "mara@example.com", "password": "a long password"}
program, cohort, ana, desk = applicants.program, applicants.cohort, applicants.ana, applicants.desk


def current(app, one):
    with app.app_context():
        found = db.session.get_one(Application, one.id)
        db.session.expunge_all()
        return found


def seats(app):
    with app.app_context():
        rows = db.session.execute(select(Seat.ref, Seat.state).order_by(Seat.id))
        return [f"{ref.split(':')[0]} {state}" for ref, state in rows if str(state) != "released"]


def order(client, cohort):
    return client.submit(f"/enroll/{cohort.code}", {"agreed": "y"})


def forced(client, cohort, on="/account", **other):
    """An order sent without the page on which it could be written, with all that a real one has."""
    from enrollment.models import Cohort
    from enrollment.policies import applying
    from foundation.clock import now
    from payments import agreeing

    with client.application.app_context():
        rule = applying.in_force(db.session.get_one(Cohort, cohort.id), now())
        sent = {"agreed": "y", "version": agreeing.current().version, "rule": rule.mark}
    return client.submit(f"/enroll/{cohort.code}", sent | other, on=on)


@pytest.mark.parametrize(("old", "new"), itertools.product(ApplicationState, repeat=2))
def test_an_application_moves_only_as_the_table_says(app, school, cohort, ana, old, new):
    from enrollment.applications import answering

    made = school.application(ana, cohort)
    with app.app_context():
        one = db.session.get_one(Application, made.id)
        one.state, one.due_until = old, school.now() + timedelta(days=1)
        db.session.flush()
        if APPLICATION_MOVES.allows(old, new):
            answering.move(one, new, at=school.now())
            assert one.state == new
        else:
            with pytest.raises(MoveRefused):
                answering.move(one, new, at=school.now())


def test_a_visitor_begins_with_an_account_made_on_the_way_and_the_draft_is_kept(app, client, cohort):
    page = f"/apply/{cohort.code}"
    assert "Why do you want to coach?" not in text(client.get(page))
    shown = text(client.submit(page, NEWCOMER, follow_redirects=True))
    assert "Why do you want to coach?" in shown
    client.submit(f"{page}/answers", {"q1": "Half a", "do": "save"}, on=page)
    assert "Half a" in text(client.get(page))
    assert states(app) == ["draft"]
    assert told(app) == [], "nobody hears of a draft"


def test_an_answer_that_is_lacking_stands_beside_its_question_and_the_rest_is_kept(app, client, school, cohort, ana):
    school.application(ana, cohort, is_sent=False)
    page = f"/apply/{cohort.code}"
    client.sign_in(ana)
    answer = client.submit(f"{page}/answers", {"q1": "", "q2": "The web", "do": "send"}, on=page)
    assert answer.status_code == 422
    assert 'id="q1-error"' in text(answer) and re.search(
        r'value="The web"[^>]*|checked[^>]*value="The web"', text(answer)
    )
    wrong = client.submit(f"{page}/answers", {"q1": "So", "q2": "Elsewhere", "do": "send"}, on=page)
    assert 'id="q2-error"' in text(wrong)
    long = client.submit(f"{page}/answers", {"q1": "x" * 6001, "do": "send"}, on=page)
    assert 'id="q1-error"' in text(long)
    assert states(app) == ["draft"]


def test_sent_it_waits_and_can_not_be_changed_but_withdrawn(app, client, school, cohort, ana):
    school.application(ana, cohort, is_sent=False)
    page = f"/apply/{cohort.code}"
    client.sign_in(ana)
    client.submit(f"{page}/answers", ANSWERS | {"do": "send"}, on=page)
    assert "Your application is with us" in text(client.get(page))
    client.submit(f"{page}/answers", {"q1": "Other", "do": "send"}, on=page)
    assert "To listen well." in text(client.get(page))
    client.submit(f"{page}/withdraw", on=page)
    assert states(app) == ["withdrawn"]
    assert [title for _, title in told(app)] == ["Your application has arrived", "Your application is withdrawn"]
    client.submit(page, follow_redirects=True)
    assert states(app) == ["withdrawn", "draft"], "and she can apply again"


def test_before_that_the_pages_say_apply_and_the_enroll_page_lets_nobody_in(app, client, school, cohort, ana):
    public = f"/programs/practitioner/cohorts/{cohort.code}"
    assert f'href="/apply/{cohort.code}"' in text(client.get(public))
    assert f'href="/enroll/{cohort.code}"' not in text(client.get(public))
    assert f'href="/apply/{cohort.code}"' in text(client.get("/programs/practitioner"))
    client.sign_in(ana)
    assert "wants an application first" in text(client.get(f"/enroll/{cohort.code}"))


def test_nobody_gets_round_it_by_posting_the_order(app, client, school, cohort, ana):
    from payments.models import EnrollmentOrder

    school.application(ana, cohort)
    client.sign_in(ana)
    answer = forced(client, cohort)
    assert answer.status_code == 422
    assert "wants an application first" in text(answer)
    with app.app_context():
        assert db.session.scalars(select(EnrollmentOrder)).all() == []


def test_nor_by_a_new_account_made_while_ordering_nor_by_the_waitlist(app, client, school, program, cohort, ana):
    from accounts.identifying import find_by_email

    assert forced(client, cohort, on="/login", **NEWCOMER).status_code == 422
    with app.app_context():
        assert find_by_email("mara@example.com") is None
    full = school.full_cohort(of=program)
    client.sign_in(ana)
    assert "Only whoever is accepted can wait" in text(client.get(f"/waitlist/{full.code}"))
    assert client.submit(f"/waitlist/{full.code}", on="/account").status_code == 422


def test_nor_by_an_acceptance_for_another_cohort_or_of_another_person(app, client, school, program, cohort, ana):
    other = school.cohort(of=program)
    school.accepted(ana, other)
    client.sign_in(ana)
    assert forced(client, cohort).status_code == 422
    somebody = app.test_client().sign_in(school.user("Bo Chen"))
    assert forced(somebody, other).status_code == 422


def test_whoever_is_accepted_enrolls_by_the_link_of_her_letter(app, client, school, cohort, ana, local_stripe):
    one = school.accepted(ana, cohort)
    assert told(app)[-1] == ("ana@example.com", "You are accepted")
    client.sign_in(ana)
    assert "You are accepted" in text(client.get(f"/apply/{cohort.code}"))
    assert order(client, cohort).status_code == 303
    assert str(current(app, one).state) == "taken_up"


def test_a_seat_is_held_for_her_where_the_cohort_says_so(app, client, school, program, ana, local_stripe):
    cohort = school.cohort(of=program, seats=1, holds_seats=True)
    school.accepted(ana, cohort)
    assert seats(app) == ["application held"]
    client.sign_in(ana)
    assert "Go to payment" in text(client.get(f"/enroll/{cohort.code}")), "though no other seat is left"
    assert order(client, cohort).status_code == 303
    assert seats(app) == ["order held"], "the same seat, never free in between"


def test_an_order_that_comes_to_nothing_gives_the_seat_back_to_her_and_not_to_others(
    app, client, school, program, ana, local_stripe
):
    from payments import ordering
    from payments.models import EnrollmentOrder, OrderState

    cohort = school.cohort(of=program, seats=1, holds_seats=True)
    one = school.accepted(ana, cohort)
    client.sign_in(ana)
    order(client, cohort)
    with app.app_context():
        placed = db.session.scalars(select(EnrollmentOrder)).one()
        ordering.give_up(placed.id, OrderState.CANCELLED, at=school.now())
        db.session.commit()
    assert (str(current(app, one).state), seats(app)) == ("accepted", ["application held"])
    assert order(client, cohort).status_code == 303


def test_an_order_and_a_withdrawal_of_the_acceptance_at_the_same_moment_leave_one_story(app, school, cohort, ana):
    from accounts.models import User
    from enrollment.applications import reviewing
    from enrollment.models import Cohort
    from payments import agreeing, ordering
    from payments.models import EnrollmentOrder

    one, by = school.accepted(ana, cohort), school.user("Rita Registrar", "registrar")
    gate = threading.Barrier(2)

    def act(buys):
        with app.app_context():
            mine = db.session.get_one(Application, one.id)
            gate.wait()
            try:
                if buys:
                    version = agreeing.current().version
                    who, what = db.session.get_one(User, ana.id), db.session.get_one(Cohort, cohort.id)
                    ordering.place(who, what, agreement_version=version, at=school.now())
                else:
                    actor = db.session.get_one(User, by.id)
                    reviewing.decline(mine, "No.", seen=one.revision, actor=actor, at=school.now())
                db.session.commit()
            except Refused:
                db.session.rollback()

    threads = [threading.Thread(target=act, args=(buys,)) for buys in (True, False)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    with app.app_context():
        orders = len(db.session.scalars(select(EnrollmentOrder)).all())
    assert (states(app), orders) in [(["taken_up"], 1), (["declined"], 0)]


def test_an_acceptance_that_nobody_uses_is_reminded_of_and_lapses_and_its_seat_is_free(
    app, client, school, program, ana
):
    cohort = school.cohort(of=program, seats=1, holds_seats=True, starts_in=60)
    school.accepted(ana, cohort, days=5)
    assert sweep(app, school, days=1) == 0
    assert sweep(app, school, days=3) == 0
    assert sweep(app, school, days=3) == 0
    assert [title for _, title in told(app)][-1] == "Your acceptance ends soon"
    assert sweep(app, school, days=7) == 1
    assert sweep(app, school, days=7) == 0
    assert (states(app), seats(app)) == (["lapsed"], [])
    assert [title for _, title in told(app)].count("Your application has ended") == 1


def test_switched_off_everybody_enrolls_as_before(app, client, desk, school, program, cohort, ana, local_stripe):
    desk.submit("/staff/applications/questions/practitioner", {"days_to_buy": "7"})
    client.sign_in(ana)
    assert client.get(f"/apply/{cohort.code}").location == f"/enroll/{cohort.code}"
    assert order(client, cohort).status_code == 303
