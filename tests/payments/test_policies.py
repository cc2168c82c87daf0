"""What the buyer was told before paying is what staff are proposed, and what goes back, to the cent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests.payments.conftest import new_buyer

WEEKS = 5


@pytest.fixture
def running(app, school):
    """A cohort that began five weeks ago, meets every Monday and can still be joined."""
    cohort = school.cohort(starts_in=-7 * WEEKS, price_cents=480001, closes_at=school.now() + timedelta(days=9))
    for week in range(WEEKS):
        school.live_class(cohort, starts_at=school.now() - timedelta(days=7 * (WEEKS - week) - 1))
    school.policy(cohort, deposit_cents=30000)
    return cohort


@pytest.fixture
def finance(app, school):
    return app.test_client().sign_in(school.user("Fin Ance", "finance"))


@pytest.fixture
def paid(app, school, running, local_stripe):
    buyer = new_buyer(app, school, running)
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    return buyer


def cents(words):
    return round(float(words.replace("$", "").replace(",", "")) * 100)


def simulated(client, address):
    page = client.get(address).text
    found = re.search(r'simulated__sum"><b>([^<]+)</b>', page)
    return cents(found.group(1)), re.search(r"if you ask by ([^.]+)\.", page).group(1)


def proposed(finance, buyer, on):
    page = finance.get(f"/staff/orders/{buyer.books().order.public_id}/refund?on={on}").text
    return cents(re.search(r'name="amount"[^>]*value="([^"]*)"', page).group(1) or "0"), page


def test_the_simulated_sum_is_the_one_that_staff_are_proposed_and_that_goes_back(
    app,
    client,
    school,
    running,
    paid,
    finance,
    local_stripe,
):
    told = {}
    for week in range(WEEKS):
        on = running.starts_on + timedelta(days=7 * week - 1)
        for address in (f"/enroll/{running.code}", f"/programs/{running_slug(app, running)}/cohorts/{running.code}"):
            told[week], said = simulated(client, f"{address}?week={week}")
            assert said == f"{on:%B} {on.day}, {on.year}"
            assert proposed(finance, paid, on.isoformat())[0] == told[week]
    assert told == {0: 410001, 1: 410001, 2: 225001, 3: 225001, 4: 225001}
    order = paid.books().order.public_id
    last = (running.starts_on + timedelta(days=7 * 4 - 1)).isoformat()
    sent = {"amount": "2250.01", "on": last, "leaves": "y", "reason": ""}
    assert finance.submit(f"/staff/orders/{order}/refund", sent).status_code == 303
    books = paid.books()
    assert [sum_ for kind, sum_ in books.money if kind == "refund"] == [-225001]
    assert [str(e.state) for e in books.enrollments] == ["withdrawn"]
    assert books.seats == ["released"]


def running_slug(app, cohort):
    from enrollment.models import Program
    from foundation.db import db

    with app.app_context():
        return db.session.get_one(Program, cohort.program_id).slug


def test_staff_see_the_sum_and_why(finance, paid, running):
    on = running.starts_on + timedelta(days=20)
    sum_, page = proposed(finance, paid, on.isoformat())
    assert sum_ == 225001
    for words in ("Paid so far", "Kept: the deposit", "Kept: 50 percent of the rest of the price", "Version 1"):
        assert words in page


def test_another_sum_needs_a_reason_and_is_told_in_the_history(finance, paid, running):
    page = f"/staff/orders/{paid.books().order.public_id}/refund"
    on = (running.starts_on + timedelta(days=20)).isoformat()
    refused = finance.submit(page, {"amount": "4000", "on": on, "reason": ""})
    assert refused.status_code == 422
    assert "The rules give $2,250.01. Say why it is another sum." in refused.text
    assert 'value="4000"' in refused.text
    assert finance.submit(page, {"amount": "4000", "on": on, "reason": "Ill for a month"}).status_code == 303
    told = finance.get(page.removesuffix("/refund")).text
    assert "Another sum than the rules give" in told
    assert "The rules give $2,250.01" in told
    assert [str(e.state) for e in paid.books().enrollments] == ["active"]


def test_the_rules_sum_needs_none_and_the_rule_stands_as_the_reason(finance, paid, running):
    on = running.starts_on + timedelta(days=20)
    page = f"/staff/orders/{paid.books().order.public_id}/refund"
    finance.submit(page, {"amount": "2,250.01", "on": on.isoformat()})
    assert "Reason: By the rules. Asked on" in finance.get(page.removesuffix("/refund")).text


def test_what_went_back_before_counts(finance, paid, running):
    page = f"/staff/orders/{paid.books().order.public_id}/refund"
    finance.submit(page, {"amount": "1000", "reason": "Goodwill"})
    on = running.starts_on + timedelta(days=20)
    assert proposed(finance, paid, on.isoformat())[0] == 125001


def test_an_order_keeps_the_rules_it_was_placed_under(app, school, finance, paid, running):
    on = (running.starts_on + timedelta(days=20)).isoformat()
    school.policy(running, deposit_cents=100000)
    sum_, page = proposed(finance, paid, on)
    assert sum_ == 225001
    assert "Version 1 of the rules" in page
    with app.app_context():
        from foundation.db import db

        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("UPDATE order_terms SET version = 2"))
        db.session.rollback()


def test_a_day_to_come_is_not_a_day_they_asked_on(finance, paid, running):
    here = f"/staff/orders/{paid.books().order.public_id}/refund?on="
    ahead = (running.ends_on + timedelta(days=9)).isoformat()
    assert f'value="{ahead}"' not in finance.get(here + ahead).text
    assert finance.get(here + "nonsense").status_code == 200


def test_whoever_paid_and_got_no_seat_gets_all_of_it(app, finance, paid):
    from foundation.db import db
    from payments.models import EnrollmentOrder, OrderState

    with app.app_context():
        db.session.get_one(EnrollmentOrder, paid.books().order.id).state = OrderState.PAID_NO_SEAT
        db.session.commit()
    sum_, page = proposed(finance, paid, "")
    assert sum_ == 480001
    assert "No seat was given for this payment" in page


@pytest.mark.parametrize("week", ["-1", "9999", "x", "", "99"])
def test_a_week_that_there_is_not_is_not_worked_out(client, running, week):
    page = client.get(f"/enroll/{running.code}?week={week}").text
    assert "What if I stop" in page
    assert "simulated__sum" not in page


def test_the_refund_page_asks_the_database_at_most_eight_times(finance, paid, queries):
    page = f"/staff/orders/{paid.books().order.public_id}/refund"
    finance.get(page)
    with queries() as q:
        assert finance.get(page).status_code == 200
    assert q.count <= 8, q.sent


def test_whoever_pays_in_parts_is_told_what_comes_back_of_what_is_paid_by_then(client, school, running):
    plan = school.plan(running, "instalments", title="Four instalments", total_cents=480000)
    page = client.get(f"/enroll/{running.code}?week=4&plan={plan.public_id}").text
    assert '<th scope="row">Paid so far</th><td class="num">$1,200</td>' in page
    assert "<b>$0</b> of $4,800" in page
    assert "More than was paid is never kept" in page
