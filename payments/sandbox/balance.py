"""Balance transactions: one for each movement of money, with Stripe's usual fee."""

from flask import Blueprint

from payments.sandbox import listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import EXPAND, Fields, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("balance", __name__)
SETTLES_AFTER = 2 * 24 * 3600


def fee_on(amount: int) -> int:
    """2.9 % and 30 cents."""
    return (amount * 29 + 500) // 1000 + 30


def move(work: Work, source: Json, amount: int, type_: str, fee: int = 0, category: str = "") -> str:
    """Writes a movement of `amount` cents (negative: out); returns its id."""
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    moved = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": work.now + SETTLES_AFTER,
        "balance_type": "payments",
        "created": work.now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": category
        or {"payment": "charge"}.get(type_, "refund" if type_ == "payment_refund" else type_),
        "source": source["id"],
        "status": "pending",
        "type": type_,
    }
    work.add(moved)
    return str(moved["id"])


@endpoint(bp, "GET", "/v1/balance_transactions", list_shape(type=Text(), source=Text(), currency=Text()))
def list_balance_transactions(call: Call) -> Json:
    equal = ("type", "source", "currency")
    return listing.page(call.work, "balance_transaction", call.params, "/v1/balance_transactions", equal)


@endpoint(bp, "GET", "/v1/balance_transactions/<id_>", Fields({"expand": EXPAND}))
def retrieve_balance_transaction(call: Call, id_: str) -> Json:
    return call.work.get("balance_transaction", id_)
