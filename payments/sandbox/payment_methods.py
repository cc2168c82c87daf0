"""Payment methods: a card or a bank account, with what it will do when it is charged."""

from typing import Any

from flask import Blueprint

from payments.sandbox import cards
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.cards import Card
from payments.sandbox.errors import ApiError, invalid, missing, required
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import ADDRESS, EXPAND, Choice, Fields, Integer, Shape, Strings, Text
from payments.sandbox.store import Json, Work

bp = Blueprint("payment_methods", __name__)
TYPES = ("card", "sepa_debit", "us_bank_account")
BILLING = Fields({"address": ADDRESS, "email": Text(may_unset=True), "name": Text(), "phone": Text()})
METHOD: dict[str, Shape] = {
    "type": Choice(*TYPES),
    "card": Fields({"number": Text(), "exp_month": Integer(), "exp_year": Integer(), "cvc": Text(), "token": Text()}),
    "sepa_debit": Fields({"iban": Text()}, need=("iban",)),
    "us_bank_account": Fields(
        {
            "account_number": Text(),
            "routing_number": Text(),
            "account_holder_type": Choice("individual", "company"),
            "account_type": Choice("checking", "savings"),
        },
        need=("account_number",),
    ),
    "billing_details": BILLING,
    "metadata": Strings(),
}
METHOD_DATA = Fields(METHOD, need=("type",))


def make(work: Work, params: Json) -> Json:
    """A new payment method from parameters. Raises ApiError on a number that can't be."""
    type_ = params["type"]
    if type_ not in params:
        raise required(type_)
    if type_ == "card":
        card = _card(params["card"])
        return _add(work, type_, _card_face(card), card.behaviour, params)
    given = params[type_].get("iban") or params[type_]["account_number"]
    account = given.replace(" ", "").upper()
    if type_ == "sepa_debit" and not cards.iban_is_right(account):
        raise invalid("The IBAN you entered is invalid.", "sepa_debit[iban]", "invalid_bank_account_iban")
    face = _sepa_face(account) if type_ == "sepa_debit" else _us_bank_face(account)
    return _add(work, type_, face, cards.ACCOUNTS.get(account, cards.CLEARS), params)


def _card(given: Json) -> Card:
    if token := given.get("token"):
        number = cards.NAMED.get(token.removeprefix("tok_"))
        if number is None:
            raise missing("token", token, "card[token]")
        return Card(number, 12, 2034, "123")
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            raise required(f"card[{name}]")
    if not cards.luhn(given["number"].replace(" ", "")):
        message = "Your card number is incorrect."
        raise ApiError(402, "card_error", message, code="incorrect_number", param="number")
    return Card(given["number"].replace(" ", ""), given["exp_month"], given["exp_year"], given.get("cvc", "123"))


def _add(work: Work, type_: str, face: Json, behaviour: str, params: Json) -> Json:
    billing = params.get("billing_details", {})
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    method = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": address | billing.get("address", {}),
            "email": billing.get("email"),
            "name": billing.get("name"),
            "phone": billing.get("phone"),
            "tax_id": None,
        },
        "created": work.now,
        "customer": None,
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "type": type_,
        type_: face,
    }
    return work.add(method, behaviour=behaviour)


def _card_face(card: Card) -> Json:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": card.month,
        "exp_year": card.year,
        "fingerprint": f"local{card.number[-11:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _sepa_face(iban: str) -> Json:
    return {
        "bank_code": iban[4:9],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": f"local{iban[-11:]}",
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }


def _us_bank_face(account: str) -> Json:
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": f"local{account[-11:]}",
        "last4": account[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": {},
    }


def named(work: Work, id_: str) -> Json:
    """The method of this id; Stripe's own names (`pm_card_visa`) make a fresh one."""
    if id_.startswith("pm_card_"):
        number = cards.NAMED.get(id_.removeprefix("pm_card_"))
        if number is None:
            raise missing("PaymentMethod", id_, "payment_method")
        card: dict[str, Any] = {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}
        return make(work, {"type": "card", "card": card})
    found = work.find(id_)
    if found is None or found["object"] != "payment_method":
        raise missing("PaymentMethod", id_, "payment_method")
    return found


@endpoint(bp, "POST", "/v1/payment_methods", Fields(METHOD | {"expand": EXPAND}, need=("type",)))
def create_payment_method(call: Call) -> Json:
    return make(call.work, call.params)


def attach(work: Work, method: Json, customer_id: str) -> Json:
    """Keeps a card on file. Raises a card error on one that its bank won't have kept."""
    behaviour = work.private(method["id"])["behaviour"]
    if behaviour in cards.DECLINES:
        code, message = cards.DECLINES[behaviour]
        raise ApiError(402, "card_error", message, code=code)
    attached = work.save(method | {"customer": work.get("customer", customer_id, "customer")["id"]})
    work.note(customer_id, method=method["id"])
    emit(work, "payment_method.attached", attached)
    return attached


ATTACH = Fields({"customer": Text(), "expand": EXPAND}, need=("customer",))


@endpoint(bp, "POST", "/v1/payment_methods/<id_>/attach", ATTACH)
def attach_payment_method(call: Call, id_: str) -> Json:
    return attach(call.work, named(call.work, id_), call.params["customer"])


@endpoint(bp, "GET", "/v1/payment_methods/<id_>", Fields({"expand": EXPAND}))
def retrieve_payment_method(call: Call, id_: str) -> Json:
    return named(call.work, id_)
