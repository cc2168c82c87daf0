"""Checkout Sessions: create, read, list, change, expire, and their lines."""

from flask import Blueprint

from payments.sandbox import checkout, listing, session_building, taxing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.payment_intents import merged
from payments.sandbox.session_shapes import CREATE
from payments.sandbox.shapes import EXPAND, Choice, Fields, Integer, Strings, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("sessions", __name__)
PATH = "/v1/checkout/sessions"
FILTERS = list_shape(
    customer=Text(),
    payment_intent=Text(),
    status=Choice("complete", "expired", "open"),
    subscription=Text(),
    customer_details=Fields({"email": Text()}, need=("email",)),
)
LINES = Fields({"limit": Integer(1, 100), "starting_after": Text(), "ending_before": Text(), "expand": EXPAND})


def current(work: Work, id_: str) -> Json:
    """The session as it is now: one whose time is over is expired first."""
    checkout.expire_due(work)
    return work.get("checkout.session", id_, "session")


@endpoint(bp, "POST", PATH, CREATE)
def create_session(call: Call) -> Json:
    session, lines = session_building.build(call.work, call.params)
    groups = ("payment_intent_data", "subscription_data")
    facts = {"lines": lines} | {name: call.params.get(name, {}) for name in groups}
    seller = call.params.get("branding_settings", {}).get("display_name")
    return call.work.add(session, **facts, seller=seller)


@endpoint(bp, "GET", PATH, FILTERS)
def list_sessions(call: Call) -> Json:
    checkout.expire_due(call.work)
    more: listing.Conditions = {}
    if "customer_details" in call.params:
        more["body->'customer_details'->>'email' = %s"] = [call.params["customer_details"]["email"]]
    equal = ("customer", "payment_intent", "status", "subscription")
    return listing.page(call.work, "checkout.session", call.params, PATH, equal, more)


@endpoint(bp, "GET", f"{PATH}/<id_>", Fields({"expand": EXPAND}))
def retrieve_session(call: Call, id_: str) -> Json:
    session = current(call.work, id_)
    if "total_details.breakdown" in call.params.get("expand", []):
        session["total_details"]["breakdown"] = taxing.breakdown(call.work, call.work.private(id_)["lines"])
    return session


@endpoint(bp, "POST", f"{PATH}/<id_>", Fields({"metadata": Strings(), "expand": EXPAND}))
def update_session(call: Call, id_: str) -> Json:
    session = current(call.work, id_)
    session["metadata"] = merged(session["metadata"], call.params.get("metadata", {}))
    return call.work.save(session)


@endpoint(bp, "POST", f"{PATH}/<id_>/expire", Fields({"expand": EXPAND}))
def expire_session(call: Call, id_: str) -> Json:
    return checkout.expire(call.work, current(call.work, id_))


@endpoint(bp, "GET", f"{PATH}/<id_>/line_items", LINES)
def list_line_items(call: Call, id_: str) -> Json:
    current(call.work, id_)
    lines, params = call.work.private(id_)["lines"], call.params
    ids = [line["id"] for line in lines]
    start = ids.index(params["starting_after"]) + 1 if params.get("starting_after") in ids else 0
    end = ids.index(params["ending_before"]) if params.get("ending_before") in ids else len(ids)
    cut = lines[start:end]
    limit = params.get("limit", 10)
    return listing.as_list(cut[:limit], f"{PATH}/{id_}/line_items", has_more=len(cut) > limit)
