"""A trainee stops, moves or comes later from their own account; the sum is the one that staff would be proposed."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from enrollment.policies.terms import Measure, Step
from foundation.db import db
from foundation.states import MoveRefused
from payments.models import CHANGE_MOVES, EnrollmentChange
from tests.payments.conftest import new_buyer

STEPS = (Step(Measure.DAYS_BEFORE, 14, 100), Step(Measure.SHARE, 50, 50), Step(Measure.AFTERWARDS, 0, 0))


@pytest.fixture
def program(school):
    made = school.program(slug="practitioner")
    school.policy(made, steps=STEPS)
    return made


@pytest.fixture
def paid(app, school, program, local_stripe):
    """Somebody in a cohort that began twenty days ago and is a third over."""
    cohort = school.cohort(of=program, starts_in=-20, closes_at=school.now() + timedelta(days=9), title="Spring")
    buyer = new_buyer(app, school, cohort)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    return buyer


@pytest.fixture
def next_one(school, program):
    return school.cohort(of=program, starts_in=90, code="autumn", title="Autumn", seats=1)


@pytest.fixture
def finance(app, school):
    return app.test_client().sign_in(school.user("Fin Ance", "finance"))


def page_of(buyer):
    return f"/orders/{buyer.books().order.public_id}"


def changes(buyer):
    with buyer.app.app_context():
        found = list(db.session.scalars(select(EnrollmentChange).order_by(EnrollmentChange.id)))
        db.session.expunge_all()
        return found


def shown_sum(buyer):
    return re.search(r'simulated__sum"><b>([^<]+)</b>', buyer.client.get(f"{page_of(buyer)}/stop").text).group(1)


def test_whoever_stops_gets_at_once_what_staff_would_be_proposed(paid, finance, local_stripe):
    proposed = finance.get(f"/staff{page_of(paid)}/refund").text
    assert shown_sum(paid) == "$2,400"
    assert 'value="2400"' in proposed
    assert paid.client.submit(f"{page_of(paid)}/stop", {"sure": "y", "reason": "A new job"}).status_code == 303
    books = paid.books()
    assert [cents for kind, cents in books.money if kind == "refund"] == [-240000]
    assert [str(e.state) for e in books.enrollments] == ["withdrawn"]
    assert books.seats == ["released"]
    assert books.state == "part_refunded"
    assert {"enrollment.left", "order.refunded"} <= set(books.letters)
    assert "You have left this course" in paid.client.get(page_of(paid)).text
    assert [(str(c.kind), str(c.state), c.back_cents) for c in changes(paid)] == [("stop", "done", 240000)]
    assert "A new job" in finance.get("/staff/changes?format=csv").text


def test_the_letter_says_that_the_course_has_ended_not_that_it_goes_on(paid, local_stripe):
    from mail.models import Letter
    from mail.rendering import render

    paid.client.submit(f"{page_of(paid)}/stop", {"sure": "y"})
    with paid.app.app_context():
        for kind, words in (("order.refunded", "has ended"), ("enrollment.left", "$2,400 goes back")):
            letter = db.session.scalars(select(Letter).where(Letter.kind == kind)).one()
            render(letter)
            assert words in letter.text
            assert words in letter.html
        db.session.rollback()


def test_a_sum_that_has_changed_since_it_was_shown_is_shown_anew_and_nothing_ends(paid):
    answer = paid.client.submit(f"{page_of(paid)}/stop", {"sure": "y", "sum": "480000"})
    assert answer.status_code == 422
    assert "The sum has changed since you opened this page: it is $2,400 now" in answer.text
    assert [str(e.state) for e in paid.books().enrollments] == ["active"]


def test_nothing_ends_without_the_tick(paid):
    answer = paid.client.submit(f"{page_of(paid)}/stop", {"reason": "Hm"})
    assert answer.status_code == 422
    assert 'id="sure-error"' in answer.text
    assert "Hm" in answer.text
    assert changes(paid) == []


def test_stopping_when_nothing_comes_back_ends_the_course_and_asks_for_no_more(app, school, program, local_stripe):
    late = school.cohort(of=program, starts_in=-150, closes_at=school.now() + timedelta(days=9))
    buyer = new_buyer(app, school, late)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert shown_sum(buyer) == "$0"
    buyer.client.submit(f"{page_of(buyer)}/stop", {"sure": "y"})
    assert [str(e.state) for e in buyer.books().enrollments] == ["withdrawn"]
    assert [kind for kind, _ in buyer.books().money] == ["charge", "fee"]


def test_whoever_pays_in_parts_is_asked_for_no_further_part(app, school, program, local_stripe, work, run_task):
    cohort = school.cohort(of=program, starts_in=90)
    plan = school.plan(cohort, "instalments", title="Four instalments", total_cents=480000)
    buyer = new_buyer(app, school, cohort)
    answer = buyer.client.submit(f"/enroll/{cohort.code}", {"agreed": "y", "plan": plan.public_id})
    buyer.come_back(local_stripe.pay(answer.location))
    buyer.client.submit(f"{page_of(buyer)}/stop", {"sure": "y"})
    books = buyer.books()
    assert [cents for kind, cents in books.money if kind == "refund"] == [-120000]
    with app.app_context():
        from payments.models import OrderDue
        from payments.plans import scheduling

        assert [str(due.state) for due in db.session.scalars(select(OrderDue).order_by(OrderDue.number))] == [
            "paid",
            "void",
            "void",
            "void",
        ]
        assert scheduling.to_be_ended() == [books.order.id]


def test_whoever_moves_keeps_all_and_takes_a_seat_there(paid, next_one, local_stripe):
    assert paid.client.submit(f"{page_of(paid)}/move", {"cohort": "autumn"}).status_code == 303
    books = paid.books()
    assert books.seats == ["released", "taken"]
    assert [(e.cohort_id, str(e.state)) for e in books.enrollments] == [(next_one.id, "active")]
    assert books.order.cohort_id == next_one.id
    assert "enrollment.moved" in books.letters
    assert [(str(c.kind), str(c.state)) for c in changes(paid)] == [("move", "done")]


def test_a_move_does_not_turn_back_the_clock_of_the_refund(paid, next_one, finance):
    paid.client.submit(f"{page_of(paid)}/move", {"cohort": "autumn"})
    page = paid.client.get(f"{page_of(paid)}/stop").text
    assert shown_sum(paid) == "$2,400"
    assert "Not less is kept than on the day of your move" in page
    assert 'value="2400"' in finance.get(f"/staff{page_of(paid)}/refund").text


def test_moves_are_as_many_as_the_rules_allow(paid, next_one, school, program):
    paid.client.submit(f"{page_of(paid)}/move", {"cohort": "autumn"})
    school.cohort(of=program, starts_in=120, code="winter")
    assert "You have moved as often as the rules allow." in paid.client.get(f"{page_of(paid)}/change").text
    answer = paid.client.submit(f"{page_of(paid)}/move", {"cohort": "winter"})
    assert answer.status_code == 422
    assert "You have moved as often" in answer.text


@pytest.mark.parametrize("chosen", ["", "nowhere", "elsewhere", "full"])
def test_a_cohort_that_can_not_be_had_is_refused(paid, school, program, next_one, chosen):
    school.cohort(code="elsewhere", starts_in=90)
    school.cohort(of=program, code="full", seats=0, starts_in=90)
    answer = paid.client.submit(f"{page_of(paid)}/move", {"cohort": chosen})
    assert answer.status_code == 422
    assert 'id="cohort-error"' in answer.text
    assert changes(paid) == []


def test_a_break_frees_the_seat_and_ends_in_a_later_cohort(paid, next_one):
    assert paid.client.submit(f"{page_of(paid)}/defer", {"sure": "y", "reason": "A child"}).status_code == 303
    books = paid.books()
    assert [str(e.state) for e in books.enrollments] == ["paused"]
    assert books.seats == ["released"]
    assert "enrollment.deferred" in books.letters
    assert "You are taking a break" in paid.client.get(page_of(paid)).text
    assert "Come back" in paid.client.get(f"{page_of(paid)}/change").text
    paid.client.submit(f"{page_of(paid)}/move", {"cohort": "autumn"})
    books = paid.books()
    assert [(e.cohort_id, str(e.state)) for e in books.enrollments] == [(next_one.id, "active")]
    assert [str(c.kind) for c in changes(paid)] == ["defer", "return"]


@pytest.fixture
def asked(app, school, program, local_stripe, next_one):
    """Somebody has asked for a move that costs a fee."""
    school.policy(program, steps=STEPS, transfer_fee_cents=15000)
    buyer = new_buyer(app, school, school.cohort(of=program, starts_in=30))
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert "It costs $150" in buyer.client.get(f"{page_of(buyer)}/move").text
    buyer.client.submit(f"{page_of(buyer)}/move", {"cohort": "autumn"})
    return buyer


def pay_fee(buyer):
    """The address of the page on which the fee of what waits is paid."""
    (change,) = [one for one in changes(buyer) if one.is_open]
    return buyer.client.submit(f"/account/changes/{change.public_id}/pay", on=f"{page_of(buyer)}/change").location


def test_a_move_for_a_fee_is_done_as_soon_as_the_fee_is_paid(asked, next_one, local_stripe):
    assert "as soon as the fee of $150 is paid" in asked.client.get(f"{page_of(asked)}/change").text
    back = local_stripe.pay(pay_fee(asked))
    asked.come_back(back)
    asked.come_back(back)
    books = asked.books()
    assert books.order.cohort_id == next_one.id
    assert [cents for kind, cents in books.money if kind == "charge"] == [480000, 15000]
    assert [str(change.state) for change in changes(asked)] == ["done"]
    assert books.letters.count("enrollment.moved") == 1 and len(books.receipts) == 2
    with asked.app.app_context():
        from foundation.escalating import open_tasks

        assert open_tasks() == []


def test_the_fee_of_a_move_is_no_part_of_the_price_and_no_arrears(asked, school, local_stripe):
    from payments.plans import arrears

    with asked.app.app_context():
        arrears.look_at(asked.books().order.id, at=school.now() + timedelta(days=60))
        db.session.commit()
    assert str(asked.books().enrollments[0].state) == "active"
    asked.come_back(local_stripe.pay(pay_fee(asked)))
    assert shown_sum(asked) == "$4,800", "the fee is kept, the price comes back by the rules"


def let_the_seat_go(app, cohort):
    """The time of what is held there is over, and somebody else has the last seat."""
    from enrollment.models import Cohort, Seat

    with app.app_context():
        for seat in db.session.scalars(select(Seat).where(Seat.ref.like("move:%"), Seat.held_until.is_not(None))):
            seat.held_until -= timedelta(hours=1)
        db.session.get_one(Cohort, cohort.id).seats = 0
        db.session.commit()


def test_a_fee_that_is_paid_when_the_seat_has_gone_moves_nobody_and_goes_before_staff(asked, next_one, local_stripe):
    page = pay_fee(asked)
    let_the_seat_go(asked.app, next_one)
    asked.come_back(local_stripe.pay(page))
    books = asked.books()
    assert books.order.cohort_id != next_one.id
    assert "change.paid_for_nothing" in books.tasks
    assert [str(change.state) for change in changes(asked)] == ["asked"]
    assert books.seats == ["taken", "held"]


def test_what_is_taken_back_asks_for_no_fee_any_more(asked):
    change = changes(asked)[0]
    asked.client.submit(f"/account/changes/{change.public_id}/take-back", on="/account/changes")
    from payments.models import OrderDue

    with asked.app.app_context():
        assert [str(due.state) for due in db.session.scalars(select(OrderDue).order_by(OrderDue.number))] == [
            "paid",
            "void",
        ]


def test_a_move_for_a_fee_waits_for_staff_on_the_desk_and_is_then_done(asked, finance, next_one):
    assert asked.books().tasks == ["change.asked"]
    change = changes(asked)[0]
    page = f"/staff/changes/{change.public_id}"
    assert page in finance.get("/staff").text
    assert "Waits for us" in finance.get("/staff/changes").text
    assert finance.submit(page, {"answer": "", "do": "carry_out"}).status_code == 422
    assert finance.submit(page, {"answer": "Paid by transfer", "do": "carry_out"}).status_code == 303
    assert asked.books().order.cohort_id == next_one.id
    assert "Paid by transfer" in asked.client.get("/account/changes").text
    with asked.app.app_context():
        from foundation.escalating import open_tasks

        assert open_tasks() == []


def test_a_move_that_staff_decline_changes_nothing_and_says_why(asked, finance, next_one):
    page = f"/staff/changes/{changes(asked)[0].public_id}"
    finance.submit(page, {"answer": "That cohort is for nurses", "do": "decline"})
    assert asked.books().order.cohort_id != next_one.id
    assert "That cohort is for nurses" in asked.client.get("/account/changes").text
    assert "change.declined" in asked.books().letters


def test_what_waits_can_be_taken_back_and_is_overtaken_by_stopping(asked):
    change = changes(asked)[0]
    assert "You have asked for a change" in asked.client.get(f"{page_of(asked)}/change").text
    asked.client.submit(f"/account/changes/{change.public_id}/take-back", on="/account/changes")
    assert str(changes(asked)[0].state) == "taken_back"
    asked.client.submit(f"{page_of(asked)}/move", {"cohort": "autumn"})
    asked.client.submit(f"{page_of(asked)}/stop", {"sure": "y"})
    assert [str(c.state) for c in changes(asked)] == ["taken_back", "taken_back", "done"]


def test_a_seat_that_is_gone_when_staff_decide_is_said_and_nothing_moves(asked, finance, app, next_one):
    let_the_seat_go(app, next_one)
    page = f"/staff/changes/{changes(asked)[0].public_id}"
    answer = finance.submit(page, {"answer": "Paid", "do": "carry_out"})
    assert answer.status_code == 422
    assert "The last seat there has just gone" in answer.text
    assert str(changes(asked)[0].state) == "asked"
    assert asked.books().seats == ["taken", "held"]


def test_staff_move_somebody_however_often_and_without_the_fee(paid, finance, next_one, school, program):
    page = f"/staff/changes/move/{paid.books().order.public_id}"
    assert page in finance.get(f"/staff{page_of(paid)}").text
    assert finance.submit(page, {"cohort": "autumn", "reason": ""}).status_code == 422
    assert finance.submit(page, {"cohort": "autumn", "reason": "Asked on the phone"}).status_code == 303
    school.cohort(of=program, starts_in=120, code="winter")
    assert finance.submit(page, {"cohort": "winter", "reason": "Again"}).status_code == 303
    assert [str(c.kind) for c in changes(paid)] == ["move", "move"]


def test_two_who_want_the_last_seat_there_get_one_between_them(app, school, program, local_stripe, next_one):
    import threading

    cohort = school.cohort(of=program, starts_in=30)
    buyers = [new_buyer(app, school, cohort, name) for name in ("Ana Lima", "Bo Chen")]
    for buyer in buyers:
        buyer.come_back(local_stripe.pay(buyer.enroll()))
    pages = [f"/orders/{order.public_id}/move" for order in buyer.books().orders]
    sent = [one.client.hidden(page, page) | {"cohort": "autumn"} for one, page in zip(buyers, pages, strict=True)]
    start, answers = threading.Barrier(2), []

    def run(one, page, data):
        start.wait()
        answers.append(one.client.post(page, data=data).status_code)

    threads = [threading.Thread(target=run, args=x) for x in zip(buyers, pages, sent, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [303, 422]


def test_a_course_is_changed_by_its_own_trainee_alone(app, school, paid):
    other = app.test_client().sign_in(school.user("Bo Chen"))
    for name in ("change", "stop", "move", "defer"):
        assert other.get(f"{page_of(paid)}/{name}").status_code == 404
    assert other.get("/account/changes").status_code == 200
    assert other.get("/staff/changes").status_code == 403


def test_a_course_that_has_ended_offers_no_change(paid):
    paid.client.submit(f"{page_of(paid)}/stop", {"sure": "y"})
    assert paid.client.get(f"{page_of(paid)}/change").status_code == 404
    assert "Stop, move or come later</span>" not in paid.client.get(page_of(paid)).text


def test_the_account_leads_to_what_can_be_changed(paid):
    assert "/account/changes" in paid.client.get("/account").text
    assert f"{page_of(paid)}/change" in paid.client.get("/account/changes").text


def test_pages_of_changes_ask_the_database_at_most_eight_times(paid, next_one, finance, queries):
    paid.client.submit(f"{page_of(paid)}/defer", {"sure": "y"})
    ours = [(paid.client, path) for path in ("/account/changes", f"{page_of(paid)}/change", f"{page_of(paid)}/stop")]
    staff = [f"/staff/changes/{changes(paid)[0].public_id}", "/staff/changes"]
    for client, page in [*ours, *((finance, path) for path in staff)]:
        client.get(page)
        with queries() as q:
            assert client.get(page).status_code == 200
        assert q.count <= 8, (page, q.count, q.sent)


def test_every_pair_of_states_is_allowed_or_refused_by_the_table():
    for old, new in itertools.product(CHANGE_MOVES.table, repeat=2):
        if new == old or new in CHANGE_MOVES.table[old]:
            CHANGE_MOVES.check(old, new)
        else:
            with pytest.raises(MoveRefused):
                CHANGE_MOVES.check(old, new)
