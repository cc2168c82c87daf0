"""A course has a last day; who takes part hears of it ahead, and can have longer: bought, given or paused."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from enrollment.access import clock, following, letters, pausing
from enrollment.models import Enrollment
from enrollment.policies.terms import Measure, Step
from foundation.clock import day_in
from foundation.db import db
from foundation.errors import Refused
from mail.models import Letter
from payments.extending import buying
from payments.models import OrderDue
from tests.payments.conftest import new_buyer

STEPS = (Step(Measure.DAYS_BEFORE, 10, 100), Step(Measure.AFTERWARDS, 0, 0))


def text(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def program(school):
    made = school.program(slug="practitioner")
    terms = {"completion_months": 18, "extension_months": 6, "extension_fee_cents": 20000}
    school.policy(made, steps=STEPS, **terms)
    return made


def mine(app):
    with app.app_context():
        found = db.session.scalars(select(Enrollment)).one()
        db.session.expunge_all()
        return found


def page_of(buyer):
    return f"/orders/{buyer.books().order.public_id}"


def kinds(app, start="access."):
    with app.app_context():
        rows = db.session.scalars(select(Letter).where(Letter.kind.startswith(start)).order_by(Letter.id))
        return [letter.kind.removeprefix(start) for letter in rows]


def sweep(app, day):
    """What the worker does on a day, at noon in UTC."""
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=18)
    with app.app_context():
        for enrollment_id in following.to_look_at(day):
            one = db.session.get_one(Enrollment, enrollment_id)
            days = following.due_reminder(one, clock.today(one, at))
            if days is not None:
                letters.ends_soon(one, days, at=at)
            clock.run_out(one, at=at)
        buying.drop_unpaid(at=at)
        db.session.commit()


def set_until(app, day):
    with app.app_context():
        db.session.scalars(select(Enrollment)).one().access_until = day
        db.session.commit()


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(1, 120))
def test_so_many_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months):
    later = clock.after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_clock_runs_from_the_first_day_by_the_rules_bought_under(app, school, paid, program):
    assert mine(app).access_until == clock.after(paid.cohort.starts_on, 18)
    school.policy(program, steps=STEPS, completion_months=3)
    assert mine(app).access_until == clock.after(paid.cohort.starts_on, 18)
    assert "To complete until" in text(paid.client.get(f"/learn/{mine(app).public_id}/"))


def test_letters_come_sixty_and_fourteen_days_ahead_once_each(app, paid):
    until = mine(app).access_until
    for days in (61, 60, 59, 15, 14, 13, 0):
        sweep(app, until - timedelta(days=days))
        sweep(app, until - timedelta(days=days))
    assert kinds(app) == ["ends_soon", "ends_soon"]


def test_the_last_day_counts_and_the_day_after_it_can_be_read_only(app, school, program, paid):
    enrollment = mine(app)
    sweep(app, enrollment.access_until)
    assert mine(app).access_ended_at is None
    sweep(app, enrollment.access_until + timedelta(days=1))
    sweep(app, enrollment.access_until + timedelta(days=2))
    assert mine(app).access_ended_at is not None
    assert kinds(app).count("ended") == 1
    page = text(paid.client.get("/learn"))
    assert "Your time to complete this course is over" in page
    assert paid.client.get(f"/learn/{enrollment.public_id}/").status_code == 200, "everything can be read"


def test_nothing_new_counts_once_the_time_is_over(app, school, paid):
    from courseware.studying import may_read, may_study

    sweep(app, mine(app).access_until + timedelta(days=1))
    assert (may_study(mine(app)), may_read(mine(app))) == (False, True)


def test_more_time_is_there_as_soon_as_the_fee_is_paid_and_not_before(app, paid, local_stripe):
    was = mine(app).access_until
    assert "6 months more cost $200" in text(paid.client.get(f"{page_of(paid)}/change"))
    sent_to = paid.client.submit(f"{page_of(paid)}/longer").location
    assert mine(app).access_until == was
    paid.come_back(local_stripe.pay(sent_to))
    assert mine(app).access_until == clock.after(was, 6)
    assert "extended" in kinds(app)
    assert [cents for kind, cents in paid.books().money if kind == "charge"] == [480000, 20000]
    assert len(paid.books().receipts) == 2


def test_it_is_had_once_by_the_rules_and_a_webhook_told_twice_adds_it_once(app, school, paid, local_stripe):
    sent_to = paid.client.submit(f"{page_of(paid)}/longer").location
    back = local_stripe.pay(sent_to)
    paid.come_back(back)
    until = mine(app).access_until
    paid.come_back(back)
    assert mine(app).access_until == until
    again = paid.client.submit(f"{page_of(paid)}/longer")
    assert again.status_code == 422
    assert "You have taken the months" in text(again)


def test_two_clicks_ask_for_one_fee(app, paid):
    first = paid.client.submit(f"{page_of(paid)}/longer").location
    second = paid.client.submit(f"{page_of(paid)}/longer").location
    assert first == second
    with app.app_context():
        dues = db.session.scalars(select(OrderDue).order_by(OrderDue.number)).all()
        assert [str(due.kind) for due in dues] == ["tuition", "extension"]


def test_a_fee_that_nobody_pays_restricts_nothing_and_is_dropped(app, school, paid):
    from payments.plans import arrears

    paid.client.submit(f"{page_of(paid)}/longer")
    order_id = paid.books().order.id
    with app.app_context():
        arrears.look_at(order_id, at=school.now() + timedelta(days=40))
        db.session.commit()
    assert str(mine(app).state) == "active" and mine(app).arrears_since is None
    sweep(app, (school.now() + timedelta(days=4)).date())
    with app.app_context():
        assert [str(due.state) for due in db.session.scalars(select(OrderDue).order_by(OrderDue.number))][1] == "void"


def test_the_fee_for_time_does_not_come_back_by_the_rules(app, school, paid, local_stripe):
    paid.come_back(local_stripe.pay(paid.client.submit(f"{page_of(paid)}/longer").location))
    page = text(paid.client.get(f"{page_of(paid)}/stop"))
    assert 'simulated__sum"><b>$0<' in page


def test_where_the_rules_want_no_fee_it_is_done_at_once_and_once(app, school, local_stripe):
    program = school.program()
    school.policy(program, steps=STEPS, extension_months=3, completion_months=12)
    buyer = new_buyer(app, school, school.cohort(of=program))
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    was = mine(app).access_until
    assert buyer.client.submit(f"{page_of(buyer)}/longer").status_code == 303
    assert mine(app).access_until == clock.after(was, 3)
    assert buyer.client.submit(f"{page_of(buyer)}/longer").status_code == 422


def test_time_bought_after_the_end_counts_from_the_day_and_opens_the_course_again(app, school, paid, local_stripe):
    today = day_in("America/New_York", school.now())
    set_until(app, today - timedelta(days=30))
    sweep(app, today)
    assert mine(app).access_ended_at is not None
    paid.come_back(local_stripe.pay(paid.client.submit(f"{page_of(paid)}/longer").location))
    found = mine(app)
    assert found.access_ended_at is None
    assert found.access_until >= clock.after(today, 6)


def test_nobody_buys_time_on_somebody_else_s_order(app, school, paid):
    other = app.test_client().sign_in(school.user("Bo Chen"))
    assert other.get(f"{page_of(paid)}/longer").status_code == 404
    assert other.submit(f"{page_of(paid)}/longer", on="/account").status_code == 404


def test_staff_give_months_for_nothing_with_a_reason(app, desk, paid):
    was, page = mine(app).access_until, f"/staff/access/{mine(app).public_id}"
    for lacking, field in (({"months": "2", "reason": ""}, "reason"), ({"reason": "Ill"}, "months")):
        answer = desk.submit(page, lacking | {"do": "give"})
        assert answer.status_code == 422 and f'id="{field}-error"' in text(answer)
    assert desk.submit(page, {"months": "61", "reason": "Ill", "do": "give"}).status_code == 422
    desk.submit(page, {"months": "2", "reason": "A long illness", "do": "give"})
    assert mine(app).access_until == clock.after(was, 2)
    assert "A long illness" in text(desk.get(page))
    assert "6 months more cost $200" in text(paid.client.get(f"{page_of(paid)}/change")), "the rules' own stay"


def test_a_pause_stops_the_clock_and_the_seat_stays(app, school, paid):
    from accounts.models import User

    was, who = mine(app).access_until, school.user("Rita Registrar", "registrar")
    at = school.now()
    with app.app_context():
        one, actor = db.session.scalars(select(Enrollment)).one(), db.session.get_one(User, who.id)
        pausing.pause(one, reason="A child is born", actor=actor, at=at)
        db.session.commit()
        assert one.seat.state == "taken"
        assert not clock.run_out(one, at=at + timedelta(days=2000)), "it does not run out meanwhile"
        pausing.resume(one, reason="Back", actor=actor, at=at + timedelta(days=45))
        db.session.commit()
    assert mine(app).access_until == was + timedelta(days=45)
    assert str(mine(app).state) == "active"


def test_staff_pause_and_let_go_on_in_the_browser(app, desk, paid):
    page = f"/staff/access/{mine(app).public_id}"
    desk.submit(page, {"reason": "Moving house", "do": "pause"})
    assert "Your course is paused" in text(paid.client.get("/learn")) or str(mine(app).state) == "paused"
    assert desk.submit(page, {"reason": "Twice", "do": "pause"}).status_code == 422
    desk.submit(page, {"reason": "Settled", "do": "resume"})
    assert str(mine(app).state) == "active"


def test_whoever_moves_to_a_later_cohort_has_as_much_longer(app, school, paid, program):
    later = school.cohort(of=program, starts_in=100, code="autumn", title="Autumn")
    was = mine(app).access_until
    paid.client.submit(f"{page_of(paid)}/move", {"cohort": "autumn"})
    assert mine(app).access_until == was + (later.starts_on - paid.cohort.starts_on)


def test_graduates_have_no_clock(app, school, paid):
    from enrollment import enrolling
    from enrollment.models import EnrollmentState

    with app.app_context():
        one = db.session.scalars(select(Enrollment)).one()
        enrolling.move(one, EnrollmentState.COMPLETED, at=school.now())
        db.session.commit()
    sweep(app, mine(app).access_until + timedelta(days=9))
    assert mine(app).access_ended_at is None
    assert kinds(app) == []


def test_two_payments_told_at_the_same_moment_add_the_months_once(app, school, paid):
    gate, enrollment_id, was, added = threading.Barrier(2), mine(app).id, mine(app).access_until, []

    def act():
        with app.app_context():
            one = db.session.get_one(Enrollment, enrollment_id)
            gate.wait()
            try:
                added.append(clock.extend(one, 6, at=school.now(), key="due:1"))
                db.session.commit()
            except Refused:
                db.session.rollback()

    threads = [threading.Thread(target=act) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(added) == [False, True]
    assert mine(app).access_until == clock.after(was, 6)


@pytest.mark.parametrize(("role", "status"), [("finance", 403), ("instructor", 403)])
def test_only_the_registrar_changes_somebody_s_time(app, school, paid, role, status):
    somebody = app.test_client().sign_in(school.user("Some Body", role))
    assert somebody.get(f"/staff/access/{mine(app).public_id}").status_code == status
