"""Refunds: all of a charge or a part, never more than what is left of it (https://docs.stripe.com/api/refunds)."""

from flask import Blueprint

from payments.sandbox import balance, disputes, listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.payment_intents import merged
from payments.sandbox.shapes import EXPAND, Choice, Fields, Integer, Strings, Text, Unsupported
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("refunds", __name__)
CREATE = Fields(
    {
        "amount": Integer(1),
        "charge": Text(),
        "payment_intent": Text(),
        "metadata": Strings(),
        "reason": Choice("duplicate", "fraudulent", "requested_by_customer"),
        "instructions_email": Text(),
        "origin": Unsupported(),
        "refund_application_fee": Unsupported(),
        "reverse_transfer": Unsupported(),
        "expand": EXPAND,
    }
)


def make(work: Work, charge: Json, given: Json) -> Json:
    """Give back `amount` cents of a charge, or what is left of it. Raises ApiError when it is too much."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["refunded"] or left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        if charge["status"] != "succeeded":
            message = f"Charge {charge['id']} has no money to refund: it is {charge['status']}."
        raise invalid(message, None, "charge_already_refunded" if charge["refunded"] else None)
    if disputes.holds_back(work, charge):
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", None, "charge_disputed")
    amount = given.get("amount", left)
    if amount > left:
        message = f"Refund amount ({_shown(amount)}) is greater than unrefunded amount on charge ({_shown(left)})"
        raise invalid(message, "amount")
    refund = _refund(work, charge, amount, given)
    refund["balance_transaction"] = balance.move(
        work, refund, -amount, "refund" if charge["id"].startswith("ch_") else "payment_refund"
    )
    work.add(refund)
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge |= {"amount_refunded": charge["amount_refunded"] + amount, "refunded": amount == left}
    emit(work, "refund.created", refund)
    emit(work, "charge.refunded", work.save(charge), before)
    return refund


def _refund(work: Work, charge: Json, amount: int, given: Json) -> Json:
    kind = charge["payment_method_details"]["type"]
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {
        "id": new_id("re" if charge["id"].startswith("ch_") else "pyr"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "destination_details": {kind: card if kind == "card" else {}, "type": kind},
        "metadata": given.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _shown(cents: int) -> str:
    return f"${cents / 100:,.2f}"


def _changed(work: Work, refund: Json, before: Json) -> None:
    """Stripe tells a changed refund under two names, an old one and a new one."""
    emit(work, "refund.updated", work.save(refund), before)
    emit(work, "charge.refund.updated", refund, before)


def fail(work: Work, refund: Json) -> Json:
    """The buyer's bank sends the money back, days later: `refund.failed`."""
    if refund["status"] != "succeeded":
        raise invalid(f"This refund is {refund['status']}.")
    returned = balance.move(work, refund, refund["amount"], "refund_failure")
    refund |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": returned,
    }
    charge = work.get("charge", refund["charge"])
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    work.save(charge)
    _changed(work, refund, {"status": "succeeded"})
    emit(work, "refund.failed", refund)
    return refund


@endpoint(bp, "POST", "/v1/refunds", CREATE)
def create_refund(call: Call) -> Json:
    work, params = call.work, call.params
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        return make(work, work.get("charge", params["charge"], "charge"), params)
    intent = work.get("payment_intent", params["payment_intent"], "payment_intent")
    if not intent["latest_charge"]:
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise invalid(message, "payment_intent")
    return make(work, work.get("charge", intent["latest_charge"]), params)


@endpoint(bp, "GET", "/v1/refunds", list_shape(charge=Text(), payment_intent=Text()))
def list_refunds(call: Call) -> Json:
    return listing.page(call.work, "refund", call.params, "/v1/refunds", ("charge", "payment_intent"))


@endpoint(bp, "GET", "/v1/refunds/<id_>", Fields({"expand": EXPAND}))
def retrieve_refund(call: Call, id_: str) -> Json:
    return call.work.get("refund", id_)


@endpoint(bp, "POST", "/v1/refunds/<id_>", Fields({"metadata": Strings(), "expand": EXPAND}))
def update_refund(call: Call, id_: str) -> Json:
    refund = call.work.get("refund", id_)
    before = {"metadata": refund["metadata"]}
    refund["metadata"] = merged(refund["metadata"], call.params.get("metadata", {}))
    _changed(call.work, refund, before)
    return refund
