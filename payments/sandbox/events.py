"""Events: each change is told once, kept with the object as it was then, and promised to the webhook."""

import copy
import json
import time

from flask import Blueprint

from payments.sandbox import faults, listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import EXPAND, Boolean, Fields, Rows, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("events", __name__)
UNDELIVERED = "EXISTS (SELECT 1 FROM delivery d WHERE d.event_id = object.id AND d.state <> 'delivered')"


def emit(work: Work, type_: str, about: Json, previous: Json | None = None) -> None:
    """Tell of a change in the same transaction as the change."""
    hit = faults.strike(work, faults.EVENT_FAULTS, type_)
    _tell(work, type_, about, previous, hit)
    if "twin_event" in hit:
        _tell(work, type_, about, previous, hit)


def _tell(work: Work, type_: str, about: Json, previous: Json | None, hit: dict[str, faults.Fault]) -> None:
    wanted = bool(work.settings.webhook_url) and bool({"*", type_} & set(work.settings.webhook_events))
    data: Json = {"object": copy.deepcopy(about)}
    if previous:
        data["previous_attributes"] = previous
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": work.settings.api_version,
        "created": work.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": int(wanted),
        "request": dict(work.request),
        "type": type_,
    }
    work.add(event)
    if wanted:
        for _ in range(2 if "duplicate" in hit else 1):
            _promise(work, event, hit)


def _promise(work: Work, event: Json, hit: dict[str, faults.Fault]) -> None:
    signing = next((n for n in ("old_timestamp", "two_signatures", "wrong_signature") if n in hit), "right")
    due = time.time() + sum(hit[name].seconds for name in ("delay", "reorder") if name in hit)
    if "reorder" in hit:  # one moment for all that are held, or the oldest would be due first
        due = work.value("SELECT min(due_at) FROM delivery WHERE state = 'pending' AND rank < 0") or due
    id_ = work.value(
        "INSERT INTO delivery (event_id, event_type, payload, state, due_at, ignored_answers, signing)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        *(event["id"], event["type"], json.dumps(event, indent=2), "dropped" if "drop" in hit else "pending"),
        *(due, int("ignore_first_answer" in hit), signing),
    )
    work.run("UPDATE delivery SET rank = %s WHERE id = %s", -id_ if "reorder" in hit else id_, id_)


def shown(work: Work, events: list[Json]) -> list[Json]:
    """Events with what is true now of their delivery."""
    query = "SELECT DISTINCT event_id FROM delivery WHERE event_id = ANY(%s) AND state IN ('pending', 'dropped')"
    waiting = {row[0] for row in work.rows(query, [event["id"] for event in events])}
    return [event | {"pending_webhooks": int(event["id"] in waiting)} for event in events]


@endpoint(bp, "GET", "/v1/events", list_shape(type=Text(), types=Rows(Text(), 20), delivery_success=Boolean()))
def list_events(call: Call) -> Json:
    more: listing.Conditions = {}
    if "types" in call.params:
        more["body->>'type' = ANY(%s)"] = [call.params["types"]]
    if "delivery_success" in call.params:
        more[f"NOT {UNDELIVERED}" if call.params["delivery_success"] else UNDELIVERED] = []
    found = listing.page(call.work, "event", call.params, "/v1/events", ("type",), more)
    found["data"] = shown(call.work, found["data"])
    return found


@endpoint(bp, "GET", "/v1/events/<id_>", Fields({"expand": EXPAND}))
def retrieve_event(call: Call, id_: str) -> Json:
    return shown(call.work, [call.work.get("event", id_)])[0]
