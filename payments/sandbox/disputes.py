"""Disputes, inquiries and fraud warnings: what buyers' banks do to a charge (https://docs.stripe.com/disputes)."""

from collections.abc import Callable

from flask import Blueprint

from payments.sandbox import balance, cards, listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import EXPAND, Boolean, Fields, Strings, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("disputes", __name__)
FEE = 1500
ANSWER_WITHIN = 7 * 24 * 3600
INQUIRY = ("warning_needs_response", "warning_under_review", "warning_closed")
ASKED = ("needs_response", "warning_needs_response")
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation",
    "duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier",
    "shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
PATH = "/v1/disputes"


def after_charge(work: Work, charge: Json, behaviour: str) -> None:
    """What Stripe's test cards bring about by themselves."""
    if behaviour == cards.INQUIRED:
        inquire(work, charge)
    elif behaviour in {cards.DISPUTED, cards.NOT_RECEIVED}:
        dispute(work, charge, "fraudulent" if behaviour == cards.DISPUTED else "product_not_received")
    elif behaviour == cards.WARNED:
        warn(work, charge)


def dispute(work: Work, charge: Json, reason: str = "fraudulent") -> Json:
    """The bank takes the money back at once, and a fee with it."""
    made = _make(work, charge, "needs_response", reason)
    _withdraw(work, made)
    emit(work, "charge.dispute.created", made)
    emit(work, "charge.dispute.funds_withdrawn", made)
    return made


def inquire(work: Work, charge: Json) -> Json:
    """The bank only asks: no money moves."""
    made = _make(work, charge, "warning_needs_response", "general")
    emit(work, "charge.dispute.created", made)
    return made


def _make(work: Work, charge: Json, status: str, reason: str) -> Json:
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise invalid(f"Charge {charge['id']} can't be disputed: it is {charge['status']} or disputed already.")
    details = {
        "due_by": work.now + ANSWER_WITHIN,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
    }
    made = {
        "id": new_id("dp"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": details,
        "is_charge_refundable": status in INQUIRY,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": status,
    }
    work.save(work.get("charge", charge["id"]) | {"disputed": True})
    return work.add(made)


def _withdraw(work: Work, made: Json) -> None:
    moved = balance.move(work, made, -made["amount"], "adjustment", FEE, "dispute")
    made["balance_transactions"] = [*made["balance_transactions"], work.get("balance_transaction", moved)]
    work.save(made)


def answer(work: Work, made: Json) -> Json:
    """Evidence is sent in; the bank thinks."""
    _require(made, ASKED)
    before = made["status"]
    made["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
    return _told(work, made, "warning_under_review" if before in INQUIRY else "under_review", before)


def win(work: Work, made: Json) -> Json:
    """The bank gives the money back; its fee stays."""
    _require(made, ("needs_response", "under_review"))
    moved = balance.move(work, made, made["amount"], "adjustment", 0, "dispute_reversal")
    made["balance_transactions"] = [*made["balance_transactions"], work.get("balance_transaction", moved)]
    closed = _closed(work, made, "won")
    emit(work, "charge.dispute.funds_reinstated", closed)
    return closed


def lose(work: Work, made: Json) -> Json:
    _require(made, ("needs_response", "under_review"))
    return _closed(work, made, "lost")


def close(work: Work, made: Json) -> Json:
    """The bank lets an inquiry rest."""
    _require(made, INQUIRY[:2])
    return _closed(work, made, "warning_closed")


def escalate(work: Work, made: Json) -> Json:
    """An inquiry becomes a dispute: now the money goes."""
    _require(made, INQUIRY[:2])
    before = made["status"]
    made["is_charge_refundable"] = False
    _withdraw(work, made)
    _told(work, made, "needs_response", before)
    emit(work, "charge.dispute.funds_withdrawn", made)
    return made


ACTIONS: dict[str, Callable[[Work, Json], Json]] = {
    "answer": answer,
    "win": win,
    "lose": lose,
    "close": close,
    "escalate": escalate,
}


def _require(made: Json, states: tuple[str, ...]) -> None:
    if made["status"] not in states:
        raise invalid(f"This dispute is {made['status']}.")


def _told(work: Work, made: Json, status: str, before: str) -> Json:
    made["status"] = status
    emit(work, "charge.dispute.updated", work.save(made), {"status": before})
    return made


def _closed(work: Work, made: Json, status: str) -> Json:
    made["status"] = status
    emit(work, "charge.dispute.closed", work.save(made))
    return made


def holds_back(work: Work, charge: Json) -> bool:
    """Whether a dispute stands in the way of a refund; an inquiry does not."""
    if not charge["disputed"]:
        return False
    query = "SELECT body->>'status' FROM object WHERE kind = 'dispute' AND body->>'charge' = %s"
    return any(row[0] in {"needs_response", "under_review", "lost"} for row in work.rows(query, charge["id"]))


def warn(work: Work, charge: Json) -> Json:
    """The bank holds a charge for fraud, before anybody has disputed it."""
    warning = {
        "id": new_id("issfr"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": work.now,
        "fraud_type": "made_with_stolen_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    emit(work, "radar.early_fraud_warning.created", work.add(warning))
    return warning


@endpoint(bp, "GET", PATH, list_shape(charge=Text(), payment_intent=Text()))
def list_disputes(call: Call) -> Json:
    return listing.page(call.work, "dispute", call.params, PATH, ("charge", "payment_intent"))


@endpoint(bp, "GET", f"{PATH}/<id_>", Fields({"expand": EXPAND}))
def retrieve_dispute(call: Call, id_: str) -> Json:
    return call.work.get("dispute", id_)


UPDATE = Fields(
    {
        "evidence": Fields({name: Text(150000) for name in EVIDENCE}),
        "metadata": Strings(),
        "submit": Boolean(),
        "expand": EXPAND,
    }
)


@endpoint(bp, "POST", f"{PATH}/<id_>", UPDATE)
def update_dispute(call: Call, id_: str) -> Json:
    """Evidence goes to the bank unless `submit` is false."""
    made = call.work.get("dispute", id_)
    made["evidence"] |= call.params.get("evidence", {})
    made["metadata"] |= call.params.get("metadata", {})
    if call.params.get("evidence") and call.params.get("submit", True):
        return answer(call.work, made)
    return call.work.save(made)


@endpoint(bp, "POST", f"{PATH}/<id_>/close", Fields({"expand": EXPAND}))
def close_dispute(call: Call, id_: str) -> Json:
    """We give in: the dispute is lost."""
    made = call.work.get("dispute", id_)
    _require(made, (*ASKED, "under_review"))
    return _closed(call.work, made, "lost")


WARNINGS = "/v1/radar/early_fraud_warnings"


@endpoint(bp, "GET", WARNINGS, list_shape(charge=Text(), payment_intent=Text()))
def list_warnings(call: Call) -> Json:
    equal = ("charge", "payment_intent")
    return listing.page(call.work, "radar.early_fraud_warning", call.params, WARNINGS, equal)


@endpoint(bp, "GET", f"{WARNINGS}/<id_>", Fields({"expand": EXPAND}))
def retrieve_warning(call: Call, id_: str) -> Json:
    return call.work.get("radar.early_fraud_warning", id_)
