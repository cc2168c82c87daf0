"""Staff put ways to pay on offer and give out codes; what was sold stays as it was sold."""

from __future__ import annotations

import pytest

from tests.payments.test_prices import enroll, text


def plans_page(buyer):
    return f"/staff/prices/cohorts/{buyer.cohort.code}"


DEPOSIT = {"kind": "deposit", "title": "Deposit first", "total": "4,800", "deposit": "500"}


def test_a_way_to_pay_is_put_on_offer_and_a_buyer_can_choose_it(buyer, finance):
    day = buyer.cohort.starts_on.isoformat()
    assert finance.submit(plans_page(buyer), DEPOSIT | {"balance_on": day}).status_code == 303
    page = text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "Deposit first" in page
    assert "$500 today and $4,300" in page


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"deposit": "5000", "balance_on": "2030-01-01"}, "deposit"),
        ({"balance_on": ""}, "balance_on"),
        ({"kind": "instalments", "instalments": "1"}, "instalments"),
        ({"kind": "instalments", "instalments": "7"}, "total"),
        ({"total": "free"}, "total"),
        ({"total": "0.40"}, "total"),
        ({"deposit": "4799.80"}, "deposit"),
        ({"title": ""}, "title"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_beside_its_field(buyer, finance, wish, field):
    answer = finance.submit(plans_page(buyer), DEPOSIT | wish)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


def test_a_stopped_way_to_pay_can_not_be_chosen_and_can_be_offered_again(buyer, finance, school):
    plan = school.plan(buyer.cohort, "deposit")
    finance.submit(f"/staff/prices/plans/{plan.public_id}", {"on": "no"}, on=plans_page(buyer))
    assert enroll(buyer, plan=plan.public_id).status_code == 422
    finance.submit(f"/staff/prices/plans/{plan.public_id}", {"on": "yes"}, on=plans_page(buyer))
    assert enroll(buyer, plan=plan.public_id).status_code == 303


def test_a_code_is_given_out_used_and_stopped(buyer, finance, local_stripe):
    given = {"code": "fair 26", "reason": "Spring fair", "percent": "25", "currency": "USD"}
    assert finance.submit("/staff/prices/codes/new", given).status_code == 303
    assert "takes $1,200 off" in text(buyer.client.get(f"/enroll/{buyer.cohort.code}?promo=FAIR26"))
    enroll(buyer, promo="FAIR26")
    page = text(finance.get("/staff/prices/codes?words=fair"))
    assert "Spring fair" in page
    assert "FAIR26,25 %,Spring fair,,1," in text(finance.get("/staff/prices/codes?format=csv"))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"code": "AB"}, "code"),
        ({"percent": ""}, "percent"),
        ({"percent": "101"}, "percent"),
        ({"percent": "5", "amount": "5"}, "percent"),
        ({"uses": "0"}, "uses"),
        ({"from_on": "2027-02-02", "until": "2027-01-01"}, "until"),
        ({"percent": "", "amount": "5", "currency": "QQQ"}, "currency"),
    ],
)
def test_a_code_that_makes_no_sense_is_refused_beside_its_field(finance, wish, field):
    given = {"code": "GOODCODE", "reason": "Spring", "percent": "25", "currency": "USD"}
    answer = finance.submit("/staff/prices/codes/new", given | wish)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


def test_a_code_is_never_spelled_like_another(finance, school):
    school.code("TAKEN1")
    given = {"code": "taken1", "reason": "Again", "percent": "25", "currency": "USD"}
    assert "code-error" in text(finance.submit("/staff/prices/codes/new", given))


def test_only_those_who_keep_the_books_change_prices(app, school, buyer):
    admissions = app.test_client().sign_in(school.user("Ad Mission", "admissions"))
    assert admissions.get(plans_page(buyer)).status_code == 200
    assert admissions.submit(plans_page(buyer), DEPOSIT).status_code == 403
    assert buyer.client.get("/staff/prices").status_code == 403


def test_pages_of_prices_ask_the_database_at_most_eight_times(finance, school, buyer, queries):
    for kind in ("full", "deposit", "instalments"):
        school.plan(buyer.cohort, kind)
    for n in range(5):
        school.code(f"CODE{n}X", cohort_id=buyer.cohort.id)
    for page in ("/staff/prices", plans_page(buyer), "/staff/prices/codes", "/staff/prices/codes/new"):
        finance.get(page)
        with queries() as q:
            assert finance.get(page).status_code == 200
        assert q.count <= 8, (page, q.sent)
