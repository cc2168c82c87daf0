"""A scholarship is given to one person by name, with a reason, and lowers what they pay without a code to type."""

from __future__ import annotations

import pytest

from foundation.db import db
from tests.payments.conftest import new_buyer
from tests.payments.test_prices import enroll, text


def page_of(buyer):
    return f"/staff/people/{buyer.user.id}/scholarship"


def give(finance, buyer, **wishes):
    typed = {"percent": "50", "cohort": buyer.cohort.code, "reason": "The board's scholarship"} | wishes
    return finance.submit(page_of(buyer), {k: v for k, v in typed.items() if v is not None})


def test_the_price_shows_it_to_the_one_it_was_given_to_and_to_nobody_else(app, school, buyer, finance):
    assert give(finance, buyer).status_code == 303
    other = new_buyer(app, school, buyer.cohort, "Somebody Else")
    assert "Your scholarship takes $2,400" in text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "Your scholarship takes" not in text(other.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "scholarship.given" in buyer.books().letters


def test_it_is_paid_less_once(app, school, buyer, finance, local_stripe):
    give(finance, buyer, cohort="")
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    assert buyer.books().money[0] == ("charge", 240000)
    other = school.cohort(seats=2, code="second")
    assert "$4,800" in text(buyer.client.get(f"/enroll/{other.code}"))
    page = text(finance.get(f"/staff/people/{buyer.user.id}/money"))
    assert "Used" in page
    assert "The board&#39;s scholarship" in page


def test_a_stolen_code_is_refused_beside_its_field(app, school, buyer, finance):
    from payments.models import PromotionCode

    give(finance, buyer)
    with app.app_context():
        code = db.session.query(PromotionCode).one().code
    thief = new_buyer(app, school, buyer.cohort, "Somebody Else")
    answer = enroll(thief, promo=code)
    assert answer.status_code == 422
    assert "given to somebody else" in text(answer)


def test_a_whole_scholarship_leads_in_without_a_charge(buyer, finance):
    give(finance, buyer, percent="100")
    assert enroll(buyer).status_code == 303
    books = buyer.books()
    assert (books.state, books.money, len(books.enrollments)) == ("paid", [], 1)


def test_an_order_that_waits_is_made_anew_on_the_same_seat(app, school, finance, local_stripe):
    cohort = school.cohort(seats=1)
    buyer = new_buyer(app, school, cohort)
    buyer.enroll()
    give(finance, buyer, percent=None, amount="1000", currency="USD")
    before, now_open = buyer.books().orders
    assert [str(one.state) for one in (before, now_open)] == ["cancelled", "draft"]
    assert now_open.amount_cents == 380000
    assert buyer.books().seats.count("held") == 1
    page = f"/orders/{now_open.public_id}"
    buyer.come_back(local_stripe.pay(buyer.client.submit(f"{page}/pay", on=page).location))
    assert buyer.books().money[0] == ("charge", 380000)
    assert len(buyer.books().enrollments) == 1


def test_money_that_came_meanwhile_is_kept_and_the_scholarship_waits(app, buyer, finance, local_stripe):
    local_stripe.faults(drop=True)
    local_stripe.pay(buyer.enroll())
    give(finance, buyer, cohort="")
    assert buyer.books().state == "paid"
    assert buyer.books().money[0] == ("charge", 480000)
    assert "Waits" in text(finance.get(f"/staff/people/{buyer.user.id}/money"))


def test_while_stripe_is_silent_the_order_stays_as_it_is(buyer, finance, local_stripe):
    buyer.enroll()
    local_stripe.faults(api_500={"times": 9, "path": "/v1/checkout/sessions"})
    answer = finance.submit(page_of(buyer), {"percent": "50", "reason": "Board"}, follow_redirects=True)
    assert "stays as it is" in text(answer)
    assert buyer.books().state in {"draft", "pending"}


def test_it_can_be_taken_back_while_it_waits(app, buyer, finance):
    give(finance, buyer)
    page = f"/staff/people/{buyer.user.id}/money"
    from payments.models import PromotionCode

    with app.app_context():
        code = db.session.query(PromotionCode).one().public_id
    finance.submit(f"/staff/prices/codes/{code}", {"on": "no"}, on=page)
    assert "$4,800" in text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "Taken back" in text(finance.get(page))


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"percent": "0"}, "percent"),
        ({"percent": None}, "percent"),
        ({"reason": ""}, "reason"),
        ({"amount": "x"}, "amount"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(finance, buyer, wishes, field):
    answer = give(finance, buyer, **wishes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


def test_who_gave_it_and_why_stays_in_the_log(app, buyer, finance):
    from foundation.audit import AuditLine

    give(finance, buyer)
    with app.app_context():
        line = db.session.query(AuditLine).filter_by(verb="scholarship.given").one()
        assert (line.facts["reason"], line.subject_id) == ("The board's scholarship", buyer.user.id)
        assert line.actor_id is not None


def test_only_finance_gives_scholarships(app, school, buyer):
    client = app.test_client().sign_in(school.user("Adm", "admissions"))
    assert client.get(page_of(buyer)).status_code == 403
