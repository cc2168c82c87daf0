"""A trainee stops from their own account; the sum is the one that staff would be proposed."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.db import db
from foundation.states import MoveRefused
from payments.models import CHANGE_MOVES
from tests.payments.changing.conftest import changes, page_of, shown_sum
from tests.payments.conftest import new_buyer


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


def test_a_sum_that_is_no_number_is_another_sum(paid):
    for sent in ("²", "-1", "9" * 5000):
        assert paid.client.submit(f"{page_of(paid)}/stop", {"sure": "y", "sum": sent}).status_code == 422
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
