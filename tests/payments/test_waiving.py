"""The school lets go of a sum or a share of what is still due: never below nothing, and each time with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation import currencies
from foundation.db import db
from foundation.errors import Refused
from tests.payments.test_person import half_paid as half_paid
from tests.payments.test_prices import enroll, text


def let_go(client, buyer, **typed):
    page = f"/staff/orders/{buyer.books().order.public_id}/parts/2/let-go"
    return client.submit(page, {"how": "sum", "reason": "A hard year"} | typed)


def owed(app):
    from payments.models import OrderDue, Waiver

    with app.app_context():
        due = db.session.query(OrderDue).filter_by(number=2).one()
        return due.cents, due.waived_cents, [line.cents for line in db.session.query(Waiver).order_by(Waiver.id)]


def test_a_sum_and_then_a_share_of_what_is_left_are_let_go_and_asked_for_again(app, half_paid, finance):
    assert let_go(finance, half_paid, amount="300").status_code == 303
    assert let_go(finance, half_paid, how="share", percent="25", kind="scholarship").status_code == 303
    assert owed(app) == (300000, 130000, [30000, 100000])
    order = f"/orders/{half_paid.books().order.public_id}"
    assert "of $4,300" in text(half_paid.client.get(order))
    statement = text(half_paid.client.get("/account/payments/statement"))
    assert all(words in statement for words in ("Waived", "Scholarship", "Still open: $3,000"))
    person = f"/staff/people/{half_paid.user.id}/money"
    assert "A hard year" in text(finance.get(person)) and "$3,000" in text(finance.get(person))
    finance.submit(f"/staff{order}/waive", {"number": "2", "reason": "Entered by mistake"}, on=f"/staff{order}")
    assert owed(app) == (430000, 0, [30000, 100000, -130000])


def test_the_rest_is_paid_on_the_page_and_the_receipt_says_what_was_let_go(app, half_paid, finance, local_stripe):
    from payments.models import Receipt
    from payments.receipts import document

    let_go(finance, half_paid, amount="300", kind="scholarship")
    order = f"/orders/{half_paid.books().order.public_id}"
    half_paid.come_back(local_stripe.pay(half_paid.client.submit(f"{order}/pay", on=order).location))
    assert half_paid.books().money[-2] == ("charge", 400000)
    with app.app_context():
        told = document(db.session.query(Receipt).filter_by(due_number=2).one())
    assert (told["part_amount"], told["let_go"], told["paid"]) == ("$4,000", [["Scholarship", "-$300"]], "$4,000")
    assert half_paid.client.get(f"{order}/receipt.pdf?number=2").data.startswith(b"%PDF")
    assert "Still open: $0" in text(half_paid.client.get("/account/payments/statement"))


def test_a_page_that_was_open_for_the_old_sum_is_ended_so_that_nobody_pays_it(app, half_paid, finance, local_stripe):
    order = f"/orders/{half_paid.books().order.public_id}"
    half_paid.client.submit(f"{order}/pay", on=order)
    assert let_go(finance, half_paid, amount="300").status_code == 303
    assert [str(one.state) for one in half_paid.books().attempts] == ["complete", "expired"]
    half_paid.come_back(local_stripe.pay(half_paid.client.submit(f"{order}/pay", on=order).location))
    assert half_paid.books().money[-2] == ("charge", 400000)


def test_while_stripe_is_silent_nothing_is_let_go_and_nothing_typed_is_lost(app, half_paid, finance, local_stripe):
    order = f"/orders/{half_paid.books().order.public_id}"
    half_paid.client.submit(f"{order}/pay", on=order)
    local_stripe.faults(api_500=True)
    answer = let_go(finance, half_paid, amount="300")
    assert (answer.status_code, owed(app)[1]) == (422, 0)
    assert "A hard year" in text(answer)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "4300.01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "4299.80"}, "amount"),
        ({"amount": "some"}, "amount"),
        ({"how": "share", "percent": "101"}, "percent"),
        ({"how": "share", "percent": ""}, "percent"),
        ({"amount": "300", "reason": ""}, "reason"),
    ],
)
def test_what_can_not_be_let_go_is_refused_beside_its_field(app, half_paid, finance, typed, field):
    answer = let_go(finance, half_paid, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    assert owed(app) == (430000, 0, [])


def test_all_of_it_by_share_lets_go_of_the_part(app, half_paid, finance):
    let_go(finance, half_paid, how="share", percent="100")
    assert "Still open: $0" in text(half_paid.client.get("/account/payments/statement"))


def test_instalments_that_stripe_charges_are_let_go_whole_or_not_at_all(app, buyer, school, finance, local_stripe):
    plan = school.plan(buyer.cohort, "instalments", title="Four", total_cents=480000)
    buyer.come_back(local_stripe.pay(enroll(buyer, plan=plan.public_id).location))
    answer = let_go(finance, buyer, amount="300")
    assert answer.status_code == 422 and 'id="how-error"' in text(answer)
    assert let_go(finance, buyer, how="all").status_code == 303


def test_only_finance_lets_go(app, school, half_paid):
    client = app.test_client().sign_in(school.user("Reg", "registrar"))
    assert client.get(f"/staff/orders/{half_paid.books().order.public_id}/parts/2/let-go").status_code == 403


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("sum"), st.integers(-5, 60_000)),
        st.tuples(st.just("share"), st.integers(0, 101)),
        st.just(("ask", 0)),
    ),
    max_size=10,
)


@given(st.sampled_from(["USD", "JPY", "ISK", "KWD"]), st.integers(1, 50_000), ACTS)
def test_whatever_is_let_go_and_asked_for_again_it_adds_up_and_never_goes_below_nothing(app, currency, units, acts):
    from accounts.models import User
    from payments import waiving
    from payments.models import DueState, EnrollmentOrder, OrderDue, PlanKind, Waiver

    price = currencies.rounded(units + currencies.least(currency), currency)
    at, actor = datetime(2026, 11, 25, tzinfo=UTC), User(id=1)
    with app.app_context(), db.session.no_autoflush:
        due = OrderDue(
            number=2, cents=price, waived_cents=0, added_cents=0, currency=currency, due_on=date(2026, 12, 1)
        )
        due.state, due.order = DueState.OPEN, EnrollmentOrder(plan_kind=PlanKind.DEPOSIT)
        for act, figure in acts:
            try:
                if act == "ask":
                    waiving.ask_again(due, reason="x", actor=actor, at=at)
                else:
                    cents = waiving.share_of(due, figure) if act == "share" else currencies.rounded(figure, currency)
                    waiving.waive(due, cents, reason="x", actor=actor, at=at)
            except Refused:
                pass
            assert due.cents >= 0 and due.full.cents == price
            assert due.cents % currencies.step(currency) == 0
        lines = sum(one.cents for one in db.session.new if isinstance(one, Waiver))
        assert lines == due.waived_cents + (due.cents if due.state == DueState.WAIVED else 0)
        db.session.rollback()
