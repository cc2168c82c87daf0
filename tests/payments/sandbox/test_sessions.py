"""Checkout Sessions as the seller's program sees them, by Stripe's own client."""

import time

import pytest
import stripe

from tests.payments.sandbox.conftest import open_session


def test_a_new_session_is_open_unpaid_and_has_a_page(client):
    made = open_session(client)
    assert (made.status, made.payment_status, made.amount_total) == ("open", "unpaid", 120000)
    assert made.url.endswith(f"/c/pay/{made.id}")
    assert made.metadata["order"] == "o1"
    assert made.payment_intent is None


def test_a_session_is_made_from_prices_too(client):
    product = client.v1.products.create(params={"name": "Workbook"})
    price = client.v1.prices.create(params={"product": product.id, "currency": "usd", "unit_amount": 1500})
    made = open_session(client, line_items=[{"price": price.id, "quantity": 2}])
    assert made.amount_total == 3000


def test_retrieving_can_expand_the_lines_and_the_payment(client, driver, session):
    driver.pay(session.url)
    expand = ["line_items", "payment_intent.latest_charge.balance_transaction", "line_items.data.price.product"]
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    assert paid.line_items.data[0].price.product.name == "Foundations of Coaching"
    assert paid.payment_intent.metadata["order"] == "o1"
    assert paid.payment_intent.latest_charge.balance_transaction.amount == 120000


def test_line_items_are_listed(client, session):
    lines = client.v1.checkout.sessions.line_items.list(session.id)
    assert [(line.description, line.amount_total) for line in lines.data] == [("Foundations of Coaching", 120000)]


def test_sessions_are_listed_newest_first_by_page_and_filter(client, driver):
    made = [open_session(client).id for _ in range(5)]
    driver.expire(made[0])
    first = client.v1.checkout.sessions.list({"limit": 2})
    assert [s.id for s in first.data] == made[:2:-1]
    assert first.has_more
    assert [s.id for s in client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    assert [s.id for s in client.v1.checkout.sessions.list({"status": "expired"}).data] == [made[0]]
    assert [s.id for s in client.v1.checkout.sessions.list({"ending_before": made[1], "limit": 2}).data] == [
        made[3],
        made[2],
    ]


def test_an_open_session_can_be_expired_once(client, session):
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        client.v1.checkout.sessions.expire(session.id)


def test_a_session_ends_at_its_own_time_and_says_so(client, driver, school):
    made = open_session(client, expires_at=int(time.time()) + 1900)
    driver.advance(1900)
    assert client.v1.checkout.sessions.retrieve(made.id).status == "expired"
    driver.wait_for_deliveries()
    assert school.types() == ["checkout.session.expired"]


@pytest.mark.parametrize(("seconds", "words"), [(1700, "at least 30 minutes"), (90000, "less than 24 hours")])
def test_a_session_lasts_between_half_an_hour_and_a_day(client, seconds, words):
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        open_session(client, expires_at=int(time.time()) + seconds)
    assert refused.value.param == "expires_at"


def test_metadata_can_be_changed_later(client, session):
    changed = client.v1.checkout.sessions.update(session.id, {"metadata": {"seat": "7", "order": ""}})
    assert changed.metadata.to_dict() == {"seat": "7"}


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"bogus": "1"}, "bogus", "parameter_unknown"),
        ({"mode": "paiement"}, "mode", None),
        ({"success_url": "not a url"}, "success_url", "url_invalid"),
        ({"customer_email": "ada"}, "customer_email", "email_invalid"),
        ({"customer": "cus_nobody"}, "customer", "resource_missing"),
        ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]", "resource_missing"),
        ({"line_items": [{"price": "price_none"}]}, "line_items[0][quantity]", "parameter_missing"),
        ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
        ({"mode": "setup"}, "mode", None),
        ({"mode": "subscription"}, "payment_intent_data", None),
    ],
)
def test_what_is_wrong_is_refused_by_name(client, wrong_on_purpose, wrong, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_session(client, **wrong)
    assert (refused.value.param, refused.value.code) == (param, code)


def test_a_session_that_is_not_there_is_missing(client):
    with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session") as refused:
        client.v1.checkout.sessions.retrieve("cs_test_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_tax_comes_on_top_of_a_price_or_lies_within_it(client):
    told = {}
    for behavior in ("exclusive", "inclusive"):
        price = {
            "currency": "usd",
            "unit_amount": 12000,
            "tax_behavior": behavior,
            "product_data": {"name": "Course"},
        }
        made = client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": "https://school.example.com/",
                "line_items": [{"quantity": 1, "price_data": price}],
                "automatic_tax": {"enabled": True},
            }
        )
        shown = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["total_details.breakdown"]}).to_dict()
        (tax,) = shown["total_details"]["breakdown"]["taxes"]
        told[behavior] = (shown["amount_subtotal"], shown["amount_total"], tax["amount"], tax["rate"]["inclusive"])
        assert "breakdown" not in client.v1.checkout.sessions.retrieve(made.id).to_dict()["total_details"]
    assert told == {"exclusive": (12000, 14400, 2400, False), "inclusive": (12000, 12000, 2000, True)}
