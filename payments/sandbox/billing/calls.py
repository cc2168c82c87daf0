"""The calls of billing: subscriptions, schedules, invoices, invoice payments, test clocks."""

from flask import Blueprint

from payments.sandbox import listing, payment_methods
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.billing import invoice_building, invoicing, scheduling, subscribing, turning
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.payment_intents import merged
from payments.sandbox.shapes import (
    EXPAND,
    Boolean,
    Choice,
    Fields,
    Integer,
    Rows,
    Strings,
    Text,
    Unsettable,
    Unsupported,
)
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json

bp = Blueprint("billing", __name__)
ONE = Fields({"expand": EXPAND})
PAUSE = Fields(
    {"behavior": Choice("keep_as_draft", "mark_uncollectible", "void"), "resumes_at": Unsupported()}, need=("behavior",)
)
CHANGE = Fields(
    {
        "cancel_at_period_end": Boolean(),
        "default_payment_method": Text(),
        "description": Text(500, may_unset=True),
        "metadata": Strings(),
        "pause_collection": Unsettable(PAUSE),
        "expand": EXPAND,
    }
)
CANCEL = Fields({"invoice_now": Boolean(), "prorate": Boolean(), "expand": EXPAND})
PHASE = Fields(
    {
        "items": Rows(Fields({"price": Text(), "quantity": Integer(0), "metadata": Strings()})),
        "start_date": Integer(),
        "end_date": Integer(),
        "duration": Fields(
            {"interval": Choice("day", "month", "week", "year"), "interval_count": Integer(1)}, need=("interval",)
        ),
        "proration_behavior": Choice("always_invoice", "create_prorations", "none"),
        "metadata": Strings(),
    },
    need=("items",),
)
SCHEDULE = Fields(
    {
        "phases": Rows(PHASE, 10),
        "end_behavior": Choice("cancel", "release"),
        "proration_behavior": Choice("always_invoice", "create_prorations", "none"),
        "metadata": Strings(),
        "expand": EXPAND,
    }
)
MANAGED = (
    "The subscription is managed by the subscription schedule `{schedule}`, and updating any cancelation behavior "
    "directly is not allowed. Please update the schedule instead."
)
SUBSCRIPTIONS, SCHEDULES, INVOICES = "/v1/subscriptions", "/v1/subscription_schedules", "/v1/invoices"
STATUSES = Choice(
    "active", "all", "canceled", "ended", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid"
)


@endpoint(bp, "GET", SUBSCRIPTIONS, list_shape(customer=Text(), status=STATUSES, price=Text()))
def list_subscriptions(call: Call) -> Json:
    """Canceled ones only where they are asked for, as at Stripe."""
    status = call.params.pop("status", None)
    more: listing.Conditions = {}
    if status is None:
        more["body->>'status' <> 'canceled'"] = []
    elif status != "all":
        more["body->>'status' = %s"] = ["canceled" if status == "ended" else status]
    return listing.page(call.work, "subscription", call.params, SUBSCRIPTIONS, ("customer",), more)


@endpoint(bp, "GET", f"{SUBSCRIPTIONS}/<id_>", ONE)
def retrieve_subscription(call: Call, id_: str) -> Json:
    return call.work.get("subscription", id_)


@endpoint(bp, "POST", f"{SUBSCRIPTIONS}/<id_>", CHANGE)
def update_subscription(call: Call, id_: str) -> Json:
    subscription, params = call.work.get("subscription", id_), dict(call.params)
    params.pop("expand", None)
    if subscription["status"] == "canceled":
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    if "cancel_at_period_end" in params and subscription["schedule"]:
        raise invalid(MANAGED.format(schedule=subscription["schedule"]))
    if params.get("pause_collection"):
        params["pause_collection"] |= {"resumes_at": None}
    if "metadata" in params:
        params["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "default_payment_method" in params:
        params["default_payment_method"] = payment_methods.named(call.work, params["default_payment_method"])["id"]
    before = {name: subscription[name] for name in params}
    changed = call.work.save(subscription | params)
    emit(call.work, "customer.subscription.updated", changed, before)
    return changed


@endpoint(bp, "DELETE", f"{SUBSCRIPTIONS}/<id_>", CANCEL)
def cancel_subscription(call: Call, id_: str) -> Json:
    subscription = call.work.get("subscription", id_)
    ended = subscribing.end(call.work, subscription, "cancellation_requested")
    if subscription["schedule"]:
        schedule = call.work.get("subscription_schedule", subscription["schedule"])
        if schedule["status"] not in scheduling.OVER:
            scheduling.cancel(call.work, schedule)
    return ended


@endpoint(bp, "POST", SCHEDULES, Fields({"from_subscription": Text(), "expand": EXPAND}, need=("from_subscription",)))
def create_schedule(call: Call) -> Json:
    """Only `from_subscription`; with it Stripe takes no other parameter."""
    subscription = call.work.get("subscription", call.params["from_subscription"], "from_subscription")
    return scheduling.from_subscription(call.work, subscription)


@endpoint(bp, "GET", SCHEDULES, list_shape(customer=Text()))
def list_schedules(call: Call) -> Json:
    return listing.page(call.work, "subscription_schedule", call.params, SCHEDULES, ("customer",))


@endpoint(bp, "GET", f"{SCHEDULES}/<id_>", ONE)
def retrieve_schedule(call: Call, id_: str) -> Json:
    return call.work.get("subscription_schedule", id_)


@endpoint(bp, "POST", f"{SCHEDULES}/<id_>", SCHEDULE)
def update_schedule(call: Call, id_: str) -> Json:
    return scheduling.change(call.work, call.work.get("subscription_schedule", id_), call.params)


@endpoint(bp, "POST", f"{SCHEDULES}/<id_>/release", Fields({"preserve_cancel_date": Boolean(), "expand": EXPAND}))
def release_schedule(call: Call, id_: str) -> Json:
    return scheduling.release(call.work, call.work.get("subscription_schedule", id_))


@endpoint(bp, "POST", f"{SCHEDULES}/<id_>/cancel", CANCEL)
def cancel_schedule(call: Call, id_: str) -> Json:
    return scheduling.cancel(call.work, call.work.get("subscription_schedule", id_))


@endpoint(
    bp,
    "GET",
    INVOICES,
    list_shape(customer=Text(), subscription=Text(), status=Choice("draft", "open", "paid", "uncollectible", "void")),
)
def list_invoices(call: Call) -> Json:
    more: listing.Conditions = {}
    if "subscription" in call.params:
        more["body->'parent'->'subscription_details'->>'subscription' = %s"] = [call.params["subscription"]]
    return listing.page(call.work, "invoice", call.params, INVOICES, ("customer", "status"), more)


@endpoint(
    bp,
    "POST",
    f"{INVOICES}/create_preview",
    Fields({"subscription": Text(), "customer": Text(), "expand": EXPAND}, need=("subscription",)),
)
def preview_invoice(call: Call) -> Json:
    """The next instalment. Raises ApiError where there will be none."""
    subscription = call.work.get("subscription", call.params["subscription"], "subscription")
    item = subscription["items"]["data"][0]
    schedule = call.work.find(subscription["schedule"] or "") or {}
    last = schedule.get("end_behavior") == "cancel" and schedule["phases"][-1]["end_date"] <= item["current_period_end"]
    if subscription["status"] == "canceled" or subscription["cancel_at_period_end"] or last:
        message = "No upcoming invoices for customer: " + subscription["customer"]
        raise invalid(message, None, "invoice_upcoming_none", 404)
    sold = invoice_building.lines_of(subscription, subscribing.names(call.work, subscription))
    found = invoice_building.upcoming(call.work, subscription, sold)
    return found | {"next_payment_attempt": item["current_period_end"] + 3600}


@endpoint(bp, "GET", f"{INVOICES}/<id_>", ONE)
def retrieve_invoice(call: Call, id_: str) -> Json:
    return call.work.get("invoice", id_, "invoice")


@endpoint(bp, "POST", f"{INVOICES}/<id_>", Fields({"auto_advance": Boolean(), "expand": EXPAND}))
def update_invoice(call: Call, id_: str) -> Json:
    return invoicing.advance(call.work, call.work.get("invoice", id_, "invoice"), call.params.get("auto_advance"))


@endpoint(bp, "POST", f"{INVOICES}/<id_>/finalize", Fields({"auto_advance": Boolean(), "expand": EXPAND}))
def finalize_invoice(call: Call, id_: str) -> Json:
    return invoicing.finalize(call.work, call.work.get("invoice", id_, "invoice"))


@endpoint(
    bp, "POST", f"{INVOICES}/<id_>/pay", Fields({"payment_method": Text(), "off_session": Boolean(), "expand": EXPAND})
)
def pay_invoice(call: Call, id_: str) -> Json:
    invoice = call.work.get("invoice", id_, "invoice")
    named = call.params.get("payment_method")
    method = payment_methods.named(call.work, named) if named else invoicing.method_of(call.work, invoice)
    if method is None:
        raise invalid("There is no `default_payment_method` set on this Customer or Invoice.")
    return invoicing.pay(call.work, invoice, method, off_session=call.params.get("off_session", True))


@endpoint(bp, "POST", f"{INVOICES}/<id_>/mark_uncollectible", ONE)
def mark_invoice_uncollectible(call: Call, id_: str) -> Json:
    return invoicing.mark_uncollectible(call.work, call.work.get("invoice", id_, "invoice"))


@endpoint(bp, "POST", f"{INVOICES}/<id_>/void", ONE)
def void_invoice(call: Call, id_: str) -> Json:
    return invoicing.void(call.work, call.work.get("invoice", id_, "invoice"))


PAID_BY = Fields({"type": Choice("payment_intent"), "payment_intent": Text()}, need=("type",))


@endpoint(
    bp,
    "GET",
    "/v1/invoice_payments",
    list_shape(invoice=Text(), payment=PAID_BY, status=Choice("canceled", "open", "paid")),
)
def list_invoice_payments(call: Call) -> Json:
    more: listing.Conditions = {}
    if intent := call.params.get("payment", {}).get("payment_intent"):
        more["body->'payment'->>'payment_intent' = %s"] = [intent]
    equal = ("invoice", "status")
    return listing.page(call.work, "invoice_payment", call.params, "/v1/invoice_payments", equal, more)


@endpoint(bp, "GET", "/v1/invoice_payments/<id_>", ONE)
def retrieve_invoice_payment(call: Call, id_: str) -> Json:
    return call.work.get("invoice_payment", id_)


CLOCKS = "/v1/test_helpers/test_clocks"


@endpoint(
    bp, "POST", CLOCKS, Fields({"frozen_time": Integer(0), "name": Text(300), "expand": EXPAND}, need=("frozen_time",))
)
def create_clock(call: Call) -> Json:
    clock = {
        "id": new_id("clock"),
        "object": "test_helpers.test_clock",
        "created": call.work.now,
        "deletes_after": call.work.now + 30 * 24 * 3600,
        "frozen_time": call.params["frozen_time"],
        "livemode": False,
        "name": call.params.get("name"),
        "status": "ready",
        "status_details": {},
    }
    emit(call.work, "test_helpers.test_clock.created", call.work.add(clock))
    return clock


@endpoint(bp, "GET", f"{CLOCKS}/<id_>", ONE)
def retrieve_clock(call: Call, id_: str) -> Json:
    return call.work.get("test_helpers.test_clock", id_)


@endpoint(
    bp, "POST", f"{CLOCKS}/<id_>/advance", Fields({"frozen_time": Integer(0), "expand": EXPAND}, need=("frozen_time",))
)
def advance_clock(call: Call, id_: str) -> Json:
    """Everything of the customers on this clock happens, as if it were later for them alone."""
    clock, to = call.work.get("test_helpers.test_clock", id_), call.params["frozen_time"]
    if to < clock["frozen_time"]:
        raise invalid("The new frozen time must be after the current one.", "frozen_time")
    turning.turn(call.work, to, id_)
    emit(call.work, "test_helpers.test_clock.ready", call.work.save(clock | {"frozen_time": to}))
    return clock | {"frozen_time": to}
