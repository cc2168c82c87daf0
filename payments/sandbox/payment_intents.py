"""PaymentIntents: create, read, change, confirm, cancel."""

from flask import Blueprint

from payments.sandbox import listing, paying, payment_methods
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import (
    EXPAND,
    SHIPPING,
    Boolean,
    Choice,
    Fields,
    Integer,
    Rows,
    Shape,
    Strings,
    Text,
    Unsupported,
)
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("payment_intents", __name__)
FUTURE = Choice("off_session", "on_session")
DESCRIBED: dict[str, Shape] = {
    "customer": Text(),
    "description": Text(may_unset=True),
    "metadata": Strings(),
    "receipt_email": Text(may_unset=True),
    "setup_future_usage": FUTURE,
    "shipping": SHIPPING,
    "statement_descriptor": Text(22),
    "statement_descriptor_suffix": Text(22),
    "expand": EXPAND,
}
PAYING: dict[str, Shape] = {
    "payment_method": Text(),
    "payment_method_data": payment_methods.METHOD_DATA,
    "payment_method_types": Rows(Choice(*payment_methods.TYPES)),
    "return_url": Text(),
    "off_session": Boolean(),
    "confirmation_token": Unsupported(),
}
AUTOMATIC = Fields({"enabled": Boolean(), "allow_redirects": Choice("always", "never")}, need=("enabled",))
CREATE = Fields(
    DESCRIBED
    | PAYING
    | {
        "amount": Integer(50, 99999999),
        "currency": Text(3),
        "confirm": Boolean(),
        "automatic_payment_methods": AUTOMATIC,
        "capture_method": Choice("automatic", "automatic_async"),
        "confirmation_method": Choice("automatic"),
        "transfer_data": Unsupported(),
    },
    need=("amount", "currency"),
)
UPDATE = Fields(DESCRIBED | PAYING | {"amount": Integer(50, 99999999), "currency": Text(3)})
NOTHING = (
    "application", "application_fee_amount", "automatic_payment_methods", "canceled_at", "cancellation_reason",
    "last_payment_error", "latest_charge", "next_action", "on_behalf_of", "payment_method", "processing", "review",
    "payment_method_configuration_details", "transfer_data", "transfer_group",
)  # fmt: skip
CANCEL_REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")


def make(work: Work, amount: int, currency: str, types: list[str], given: Json) -> Json:
    """A new PaymentIntent, told as an event."""
    id_ = new_id("pi")
    if "customer" in given:
        work.get("customer", given["customer"], "customer")
    intent = {
        "id": id_,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": f"{id_}_secret_{new_id('s', 24)[2:]}",
        "confirmation_method": "automatic",
        "created": work.now,
        "currency": currency,
        "customer": given.get("customer"),
        "description": given.get("description"),
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "payment_method_options": {},
        "payment_method_types": types,
        "receipt_email": given.get("receipt_email"),
        "setup_future_usage": given.get("setup_future_usage"),
        "shipping": given.get("shipping"),
        "statement_descriptor": given.get("statement_descriptor"),
        "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
    } | dict.fromkeys(NOTHING)
    emit(work, "payment_intent.created", work.add(intent))
    return intent


def _method(work: Work, params: Json, intent: Json) -> Json | None:
    if "payment_method_data" in params:
        return payment_methods.make(work, params["payment_method_data"])
    id_ = params.get("payment_method") or intent["payment_method"]
    return payment_methods.named(work, id_) if id_ else None


def _attach(work: Work, intent: Json, method: Json) -> None:
    intent |= {"payment_method": method["id"]}
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
    work.save(intent)


@endpoint(bp, "POST", "/v1/payment_intents", CREATE)
def create_payment_intent(call: Call) -> Json:
    work, params = call.work, call.params
    types = params.get("payment_method_types") or ["card"]
    intent = make(work, params["amount"], params["currency"].lower(), types, params)
    if "automatic_payment_methods" in params:
        intent["automatic_payment_methods"] = {"allow_redirects": "always"} | params["automatic_payment_methods"]
        work.save(intent)
    method = _method(work, params, intent)
    if params.get("confirm"):
        return _confirm(work, intent, method)
    if method:
        _attach(work, intent, method)
    return intent


def _confirm(work: Work, intent: Json, method: Json | None) -> Json:
    if work.private(intent["id"]).get("session"):
        raise invalid("You cannot confirm the PaymentIntent of a Checkout Session.")
    if method is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(message, None, "payment_intent_unexpected_state")
    if method["type"] not in intent["payment_method_types"]:
        raise invalid(f"The PaymentMethod type '{method['type']}' is not allowed here.", "payment_method")
    return paying.confirm(work, intent, method)


@endpoint(bp, "GET", "/v1/payment_intents", list_shape(customer=Text()))
def list_payment_intents(call: Call) -> Json:
    return listing.page(call.work, "payment_intent", call.params, "/v1/payment_intents", ("customer",))


@endpoint(bp, "GET", "/v1/payment_intents/<id_>", Fields({"expand": EXPAND, "client_secret": Text()}))
def retrieve_payment_intent(call: Call, id_: str) -> Json:
    return call.work.get("payment_intent", id_, "intent")


@endpoint(bp, "POST", "/v1/payment_intents/<id_>", UPDATE)
def update_payment_intent(call: Call, id_: str) -> Json:
    intent, params = call.work.get("payment_intent", id_, "intent"), dict(call.params)
    if "amount" in params and intent["status"] not in paying.OPEN:
        raise paying.unexpected_state(intent, "update the amount of")
    if "metadata" in params:
        params["metadata"] = merged(intent["metadata"], params["metadata"])
    method = _method(call.work, {k: v for k, v in params.items() if k.startswith("payment_method")}, intent)
    for name in ("expand", "payment_method", "payment_method_data", "return_url", "off_session"):
        params.pop(name, None)
    call.work.save(intent | params)
    intent |= params
    if method:
        _attach(call.work, intent, method)
    return intent


@endpoint(bp, "POST", "/v1/payment_intents/<id_>/confirm", Fields(DESCRIBED | PAYING))
def confirm_payment_intent(call: Call, id_: str) -> Json:
    intent = call.work.get("payment_intent", id_, "intent")
    return _confirm(call.work, intent, _method(call.work, call.params, intent))


@endpoint(
    bp,
    "POST",
    "/v1/payment_intents/<id_>/cancel",
    Fields({"cancellation_reason": Choice(*CANCEL_REASONS), "expand": EXPAND}),
)
def cancel_payment_intent(call: Call, id_: str) -> Json:
    intent = call.work.get("payment_intent", id_, "intent")
    if call.work.private(id_).get("session"):
        raise invalid("You cannot cancel the PaymentIntent of a Checkout Session: expire the session.")
    return paying.cancel(call.work, intent, call.params.get("cancellation_reason"))


def merged(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Metadata after an update: an empty text takes its key away; nothing at all takes all."""
    return {key: text for key, text in (old | new).items() if text != ""} if new else {}
