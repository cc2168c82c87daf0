"""The page where a person enrolls: honest about the cohort, kind about mistakes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

GOOD = {"name": "Mara Quint", "email": "mara@example.com", "password": "a long password", "agreed": "y"}


def enroll(client, cohort, **other):
    return client.submit(f"/enroll/{cohort.code}", {k: v for k, v in (GOOD | other).items() if v is not None})


def text(answer):
    return answer.get_data(as_text=True)


def test_a_visitor_gets_an_account_a_held_seat_and_the_payment_page_in_one_step(app, client, school, local_stripe):
    cohort = school.cohort()
    answer = enroll(client, cohort)
    assert answer.status_code == 303
    assert answer.location.startswith(local_stripe.base_url)
    assert client.get("/account/payments").status_code == 200
    from tests.payments.conftest import read_books

    with app.app_context():
        books = read_books()
    assert books.seats == ["held"]
    assert books.order.agreement_version
    assert books.letters == ["account.confirmation_instructions"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "not an address"}, "email"),
        ({"password": "short"}, "password"),
        ({"agreed": None}, "agreed"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(client, school, wrong, field):
    answer = enroll(client, school.cohort(), **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)
    if field != "name":
        assert 'value="Mara Quint"' in text(answer)


def test_a_known_address_with_its_password_signs_in_and_makes_no_second_account(app, client, school, local_stripe):
    known = school.user("Mara Quint", email="mara@example.com", password="a long password")
    assert enroll(client, school.cohort(), email="Mara@Example.com").status_code == 303
    from tests.payments.conftest import read_books

    with app.app_context():
        assert read_books().order.user_id == known.id


def test_a_known_address_with_another_password_is_told_so_beside_the_field(app, client, school):
    school.user("Mara Quint", email="mara@example.com", password="quite another one")
    answer = enroll(client, school.cohort())
    assert answer.status_code == 422
    assert 'id="password-error"' in text(answer)
    assert "a long password" not in text(answer)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"opens_at": 3, "closes_at": 9}, "Enrollment is not open yet"),
        ({"opens_at": -9, "closes_at": -3}, "Enrollment for this cohort has closed"),
    ],
)
def test_the_page_says_when_enrollment_is_not_open(client, school, when, words):
    cohort = school.cohort(**{name: school.now() + timedelta(days=days) for name, days in when.items()})
    page = text(client.get(f"/enroll/{cohort.code}"))
    assert words in page
    assert "Go to payment" not in page


def test_a_full_cohort_says_so(client, school):
    assert "This cohort is full" in text(client.get(f"/enroll/{school.cohort(seats=0).code}"))


def test_whoever_is_in_already_is_told_and_can_not_pay_twice(client, school):
    user, cohort = school.user(), school.cohort()
    school.enrollment(user, cohort)
    client.sign_in(user)
    assert "You are in this cohort" in text(client.get(f"/enroll/{cohort.code}"))
    token = client.token("/account")
    answer = client.post(f"/enroll/{cohort.code}", data={"agreed": "y", "csrf_token": token})
    assert answer.location == f"/enroll/{cohort.code}"


def test_an_open_order_is_resumed_not_repeated(buyer, local_stripe):
    buyer.enroll()
    page = text(buyer.client.get(f"/enroll/{buyer.cohort.code}"))
    assert "You have an order for this cohort" in page
    assert f"/orders/{buyer.books().order.public_id}" in page


def test_no_amount_comes_from_the_browser(buyer, local_stripe):
    buyer.client.submit(f"/enroll/{buyer.cohort.code}", {"agreed": "y", "amount_cents": "1", "price": "1"})
    assert buyer.books().order.amount_cents == buyer.cohort.price_cents


def test_an_unknown_cohort_is_not_there(client):
    assert client.get("/enroll/nothing").status_code == 404


def test_an_order_is_for_its_buyer_only(app, school, buyer, local_stripe):
    buyer.enroll()
    other = app.test_client().sign_in(school.user("Bo Chen"))
    address = f"/orders/{buyer.books().order.public_id}"
    assert other.get(address).status_code == 404
    assert other.get(f"{address}/receipt.pdf").status_code == 404
    assert app.test_client().get(address).status_code == 303


def test_enroll_and_order_pages_ask_the_database_at_most_eight_times(buyer, local_stripe, queries):
    with queries() as q:
        buyer.client.get(f"/enroll/{buyer.cohort.code}")
    assert q.count <= 8, q.sent
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    for page in (f"/orders/{buyer.books().order.public_id}", "/account/payments", f"/enroll/{buyer.cohort.code}"):
        with queries() as q:
            assert buyer.client.get(page).status_code == 200
        assert q.count <= 8, (page, q.sent)


def test_the_receipt_is_a_pdf_that_names_buyer_and_amount(buyer, local_stripe):
    import io

    from pypdf import PdfReader

    buyer.come_back(local_stripe.pay(buyer.enroll()))
    answer = buyer.client.get(f"/orders/{buyer.books().order.public_id}/receipt.pdf")
    words = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Ana Lima" in words
    assert "$4,800" in words
    assert buyer.books().receipts[0] in words
    assert "Visa ending in 4242" in words


TYPED = {"name": "Mara Quint", "email": "mara@example.com", "password": "a long password", "agreed": "y"}


def test_a_week_that_is_worked_out_or_a_code_that_is_tried_loses_nothing_that_was_typed(client, school):
    cohort = school.cohort()
    school.plan(cohort, "full", title="In full")
    second = school.plan(cohort, "deposit", title="A deposit first")
    school.code("SPRING10")
    page = f"/enroll/{cohort.code}"
    sent = TYPED | {"plan": second.public_id, "promo": "spring10", "week": "3"}
    answer = client.post(f"{page}/look", data=client.hidden(page, page) | sent)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="Mara Quint"' in shown and 'value="mara@example.com"' in shown
    assert re.search(rf'value="{second.public_id}" checked', shown), "the way to pay that was chosen"
    assert re.search(r'<input[^>]*id="agreed"[^>]*checked|<input checked[^>]*id="agreed"', shown)
    assert "Your code takes" in shown and "comes back if you ask by" in shown
    assert "a long password" not in shown, "a password never goes back onto a page"


def test_looking_orders_nothing_and_makes_no_account(app, client, school):
    from accounts.identifying import find_by_email

    cohort = school.cohort()
    page = f"/enroll/{cohort.code}"
    client.post(f"{page}/look", data=client.hidden(page, page) | TYPED)
    with app.app_context():
        assert find_by_email("mara@example.com") is None
    assert client.get(f"{page}/look").location == page


def test_a_week_is_worked_out_for_the_way_to_pay_that_is_asked_for_and_the_chosen_one_stays(client, school):
    cohort = school.cohort()
    first = school.plan(cohort, "full", title="In full")
    second = school.plan(cohort, "deposit", title="A deposit first")
    page = f"/enroll/{cohort.code}"
    sent = {"plan": first.public_id, "paying": second.public_id, "week": "0"}
    shown = client.post(f"{page}/look", data=client.hidden(page, page) | sent).get_data(as_text=True)
    assert re.search(rf'value="{first.public_id}" checked', shown)
    assert re.search(rf'<option value="{second.public_id}" selected', shown)
