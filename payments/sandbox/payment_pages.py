"""`/v1/payment_pages`: not in Stripe's description, but what Stripe's own command line pays with."""

from flask import Blueprint

from payments.sandbox import checkout, payment_methods
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid
from payments.sandbox.sessions import current
from payments.sandbox.shapes import EXPAND, Fields, Integer, Text
from payments.sandbox.store import Json

bp = Blueprint("payment_pages", __name__)
CONFIRM = Fields({"payment_method": Text(), "expected_amount": Integer(0), "expand": EXPAND}, need=("payment_method",))


def _page(session: Json) -> Json:
    shown = ("amount_total", "currency", "livemode", "mode", "payment_intent", "payment_method_types")
    more = ("payment_status", "status", "success_url")
    return {"id": session["id"], "object": "payment_page", "session_id": session["id"]} | {
        name: session[name] for name in (*shown, *more)
    }


@endpoint(bp, "GET", "/v1/payment_pages/<id_>", Fields({"expand": EXPAND}))
def retrieve_payment_page(call: Call, id_: str) -> Json:
    return _page(current(call.work, id_))


@endpoint(bp, "POST", "/v1/payment_pages/<id_>/confirm", CONFIRM)
def confirm_payment_page(call: Call, id_: str) -> Json:
    session = current(call.work, id_)
    checkout.require_open(session)
    expected = call.params.get("expected_amount", session["amount_total"])
    if expected != session["amount_total"]:
        message = f"The amount expected ({expected}) is not the amount due ({session['amount_total']})."
        raise invalid(message, "expected_amount", "checkout_amount_mismatch")
    method = payment_methods.named(call.work, call.params["payment_method"])
    return _page(checkout.pay(call.work, session, method))
