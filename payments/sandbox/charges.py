"""Charges: each try to take money, whether it went through or not."""

from flask import Blueprint

from payments.sandbox import balance, listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.cards import DECLINES
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import EXPAND, Fields, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("charges", __name__)
NOTHING = (
    "application", "application_fee", "application_fee_amount", "failure_balance_transaction", "on_behalf_of",
    "receipt_number", "review", "source_transfer", "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip


def make(work: Work, intent: Json, method: Json, status: str, decline: str | None = None) -> Json:
    """A charge of the intent's amount: succeeded, pending (a delayed method) or failed."""
    succeeded, by_card = status == "succeeded", method["type"] == "card"
    code, message = DECLINES[decline] if decline else (None, None)
    id_ = new_id("ch" if by_card else "py")
    charge: Json = {
        "id": id_,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if succeeded else 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "LOCAL STRIPE",
        "captured": succeeded,
        "created": work.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": code,
        "failure_message": message,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _outcome(status, decline),
        "paid": status != "failed",
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method),
        "receipt_email": intent["receipt_email"],
        "receipt_url": f"{work.base_url}/receipts/{id_}",
        "refunded": False,
        "shipping": intent["shipping"],
        "statement_descriptor": intent["statement_descriptor"],
        "status": status,
    } | dict.fromkeys(NOTHING)
    if succeeded:
        charge["balance_transaction"] = book(work, charge)
    return work.add(charge)


def book(work: Work, charge: Json) -> str:
    """Puts the money of a charge into the balance."""
    type_ = "charge" if charge["id"].startswith("ch_") else "payment"
    return balance.move(work, charge, charge["amount"], type_, balance.fee_on(charge["amount"]))


def _outcome(status: str, decline: str | None) -> Json:
    declined = status == "failed"
    return {
        "advice_code": "try_again_later" if decline == "insufficient_funds" else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": decline,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details." if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _details(method: Json) -> Json:
    type_ = method["type"]
    face = dict(method[type_])
    if type_ == "card":
        for name in ("display_brand", "generated_from", "networks", "three_d_secure_usage"):
            face.pop(name)
        face |= {"installments": None, "mandate": None, "network": face["brand"], "three_d_secure": None}
    elif type_ == "sepa_debit":
        face.pop("generated_from")
        face |= {"mandate": None}
    else:
        kept = (
            "account_holder_type",
            "account_type",
            "bank_name",
            "fingerprint",
            "last4",
            "routing_number",
        )
        face = {name: face[name] for name in kept} | {"payment_reference": None}
    return {"type": type_, type_: face}


@endpoint(bp, "GET", "/v1/charges", list_shape(customer=Text(), payment_intent=Text(), transfer_group=Text()))
def list_charges(call: Call) -> Json:
    equal = ("customer", "payment_intent", "transfer_group")
    return listing.page(call.work, "charge", call.params, "/v1/charges", equal)


@endpoint(bp, "GET", "/v1/charges/<id_>", Fields({"expand": EXPAND}))
def retrieve_charge(call: Call, id_: str) -> Json:
    return call.work.get("charge", id_)
