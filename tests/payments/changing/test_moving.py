"""A trainee moves to another cohort, or takes a break and comes later, from their own account."""

from __future__ import annotations

import pytest

from tests.payments.changing.conftest import changes, page_of, race_to_move, shown_sum
from tests.payments.conftest import new_buyer


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


def test_two_who_want_the_last_seat_there_get_one_between_them(app, school, program, local_stripe, next_one):
    cohort = school.cohort(of=program, starts_in=30)
    buyers = [new_buyer(app, school, cohort, name) for name in ("Ana Lima", "Bo Chen")]
    for buyer in buyers:
        buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert race_to_move(buyers) == [303, 422]
