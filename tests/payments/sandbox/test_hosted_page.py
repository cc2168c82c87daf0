"""The hosted page, as a buyer meets it."""

import html5lib
import pytest
import requests

from tests.payments.sandbox.conftest import open_session
from tests.payments.sandbox.driver import ASKS_3DS, BANK_FAILS, DECLINED


def state(client, session):
    now = client.v1.checkout.sessions.retrieve(session.id)
    return now.status, now.payment_status


def test_the_page_is_good_html_and_says_it_is_the_local_stripe(session):
    page = requests.get(session.url, timeout=60)
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Local Stripe" in page.text
    assert "4242 4242 4242 4242" in page.text
    assert "$1,200.00" in page.text
    assert 'href="http://127.0.0.1:5000/enroll/spring"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_card_that_pays_sends_the_buyer_back_with_the_session_in_the_address(client, driver, session):
    back = driver.pay(session.url)
    assert back == f"http://127.0.0.1:5000/orders/o1?session_id={session.id}"
    assert state(client, session) == ("complete", "paid")


def test_what_was_collected_is_in_the_session(client, driver, session):
    driver.pay(session.url, email="ada@example.com")
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert paid.customer_details.email == "ada@example.com"
    assert paid.customer_details.address.postal_code == "94103"
    assert paid.customer is None


def test_a_customer_is_made_when_the_session_asks_for_one(client, driver):
    made = open_session(client, customer_creation="always")
    driver.pay(made.url)
    paid = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["customer"]})
    assert paid.customer.email == "buyer@example.com"


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (DECLINED, "Your card was declined."),
        ("4000000000009995", "Your card has insufficient funds."),
        ("4000000000000127", "security code is incorrect"),
        ("4000000000000069", "Your card has expired."),
        ("4111111111111111", "used a non test card"),
    ],
)
def test_a_declined_card_is_told_and_another_may_be_tried(client, driver, session, card, words):
    page = driver.submit(session.url, card)
    assert page.status_code == 402
    assert words in page.text.replace("&#39;", "'")
    assert 'aria-invalid="true"' in page.text
    assert state(client, session) == ("open", "unpaid")
    driver.pay(session.url)
    assert state(client, session) == ("complete", "paid")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("number", "4242424242424241", "Your card number is invalid."),
        ("number", "", "Type your card number."),
        ("number", "４２４２４２４２４２４２４２４２", "Your card number is invalid."),
        ("expiry", "01/20", "expiration date is in the past"),
        ("expiry", "13/34", "expiration date is incomplete"),
        ("cvc", "12", "security code is incomplete"),
        ("name", " ", "Type the name on the card."),
        ("email", "ada@", "Your email is incomplete."),
        ("postal_code", "9410", "Your ZIP is invalid."),
        ("country", "XX", "Choose a country."),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_the_rest_is_kept(client, driver, session, field, typed, words):
    given = {"name": "Zoë Buyer", field: typed}
    page = driver.submit(session.url, **({"card": given.pop("number")} if "number" in given else {}), **given)
    assert page.status_code == 422
    assert words in page.text
    assert field == "name" or "Zoë Buyer" in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert state(client, session) == ("open", "unpaid")


def test_three_d_secure_asks_and_a_completed_answer_pays(client, driver, session):
    asked = driver.pay(session.url, ASKS_3DS)
    assert state(client, session) == ("open", "unpaid")
    assert "3-D Secure" in requests.get(driver.base_url + asked, timeout=60).text
    assert session.id in driver.authenticate(asked).headers["Location"]
    assert state(client, session) == ("complete", "paid")


def test_three_d_secure_that_fails_leaves_the_session_open(client, driver, session):
    page = driver.authenticate(driver.pay(session.url, ASKS_3DS), passed=False)
    assert "unable to authenticate" in page.text
    assert state(client, session) == ("open", "unpaid")
    driver.pay(session.url)
    assert state(client, session) == ("complete", "paid")


def test_a_bank_debit_completes_unpaid_and_clears_later(client, driver, school, session):
    driver.pay_by_bank(session.url)
    assert state(client, session) == ("complete", "unpaid")
    driver.clear(session.id)
    assert state(client, session) == ("complete", "paid")
    driver.wait_for_deliveries()
    told = [type_ for type_ in school.types() if type_.startswith("checkout.")]
    assert told == ["checkout.session.completed", "checkout.session.async_payment_succeeded"]


def test_a_bank_debit_that_fails_is_told_and_stays_unpaid(client, driver, school):
    euro = {"currency": "eur", "unit_amount": 5000, "product_data": {"name": "Workbook"}}
    made = open_session(client, line_items=[{"quantity": 1, "price_data": euro}])
    driver.pay_by_bank(made.url, BANK_FAILS["eur"])
    driver.fail(made.id)
    assert state(client, made) == ("complete", "unpaid")
    driver.wait_for_deliveries()
    assert "checkout.session.async_payment_failed" in school.types()


def test_a_double_click_pays_once(client, driver, session):
    assert driver.pay(session.url) == driver.pay(session.url)
    assert len(client.v1.charges.list().data) == 1


def test_an_expired_page_takes_no_money_and_says_so(client, driver, session):
    driver.expire(session.id)
    assert "expired" in driver.submit(session.url).text
    assert client.v1.charges.list().data == []


def test_a_code_for_everything_leaves_nothing_to_pay(client, driver):
    coupon = client.v1.coupons.create(params={"percent_off": 100, "duration": "once"})
    promotion = {"type": "coupon", "coupon": coupon.id}
    client.v1.promotion_codes.create(params={"promotion": promotion, "code": "SCHOLAR"})
    made = open_session(client, allow_promotion_codes=True)
    assert "This code is invalid." in driver.submit(made.url, promotion_code="NOPE", apply="1").text
    assert "$0.00" in driver.submit(made.url, promotion_code="scholar", apply="1").text
    driver.pay(made.url, promotion_code="scholar")
    assert state(client, made) == ("complete", "no_payment_required")
    assert client.v1.checkout.sessions.retrieve(made.id).payment_intent is None


def test_a_code_that_was_typed_and_not_applied_is_not_forgotten(client, driver):
    client.v1.coupons.create(params={"id": "TENTH", "percent_off": 10, "duration": "once"})
    promotion = {"type": "coupon", "coupon": "TENTH"}
    client.v1.promotion_codes.create(params={"promotion": promotion, "code": "EARLY"})
    made = open_session(client, allow_promotion_codes=True)
    assert "$1,080.00" in driver.submit(made.url, promotion_code="EARLY").text
    assert state(client, made) == ("open", "unpaid")
    driver.pay(made.url, promotion_code="EARLY")
    assert client.v1.charges.list().data[0].amount == 108000
    assert client.v1.coupons.retrieve("TENTH").times_redeemed == 1


def test_another_site_cannot_press_the_buttons(driver, session):
    for url in (session.url, f"{driver.base_url}/control/sessions/{session.id}/expire", f"{driver.base_url}/_faults"):
        assert requests.post(url, headers={"Origin": "https://evil.example"}, timeout=60).status_code == 403
        assert requests.post(url, headers={"Sec-Fetch-Site": "cross-site"}, timeout=60).status_code == 403
    assert requests.get(driver.base_url, headers={"Host": "evil.example"}, timeout=60).status_code == 421


def test_the_control_page_is_good_html_with_everything_on_it(client, driver, session):
    driver.pay(session.url)
    driver.refund(session.id, 500)
    driver.faults(drop=2)
    driver.pay_by_bank(open_session(client).url)
    page = requests.get(driver.base_url, timeout=60).text
    html5lib.HTMLParser(strict=True).parse(page)
    assert "Money arrives" in page
    assert "Send again" in page
