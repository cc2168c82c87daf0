"""Subscription schedules: what becomes of a subscription, phase by phase (https://docs.stripe.com/billing/subscriptions/subscription-schedules)."""

from payments.sandbox.billing import subscribing
from payments.sandbox.billing.spans import after
from payments.sandbox.errors import invalid, required
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.store import Json, Work

OVER = ("canceled", "completed", "released")


def from_subscription(work: Work, subscription: Json) -> Json:
    """A schedule with one phase: the period that runs now. Raises ApiError where there is one already."""
    if subscription["schedule"]:
        message = (
            "You cannot migrate a subscription that is already attached to a schedule: "
            f"{subscription['id']} is attached to {subscription['schedule']}."
        )
        raise invalid(message, "from_subscription")
    if subscription["status"] in {"canceled", "incomplete_expired"}:
        raise invalid("You cannot migrate a subscription that is canceled.", "from_subscription")
    item = subscription["items"]["data"][0]
    items = [_item(item["price"]["id"], item["quantity"]) for item in subscription["items"]["data"]]
    phase = _phase(subscription["currency"], items, item["current_period_start"], item["current_period_end"], "none")
    schedule = _schedule(work, subscription, phase)
    clock = {"clock": subscription["test_clock"]} if subscription["test_clock"] else {}
    work.add(schedule, due_at=phase["end_date"], **clock)
    work.save(subscription | {"schedule": schedule["id"]})
    emit(work, "subscription_schedule.created", schedule)
    return schedule


def _schedule(work: Work, subscription: Json, phase: Json) -> Json:
    return {
        "id": new_id("sub_sched"),
        "object": "subscription_schedule",
        "application": None,
        "billing_mode": subscription["billing_mode"],
        "canceled_at": None,
        "completed_at": None,
        "created": work.now,
        "current_phase": {"start_date": phase["start_date"], "end_date": phase["end_date"]},
        "customer": subscription["customer"],
        "default_settings": {
            "application_fee_percent": None,
            "automatic_tax": subscription["automatic_tax"],
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": "charge_automatically",
            "default_payment_method": None,
            "description": None,
            "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
            "on_behalf_of": None,
            "transfer_data": None,
        },
        "end_behavior": "release",
        "livemode": False,
        "metadata": {},
        "phases": [phase],
        "released_at": None,
        "released_subscription": None,
        "status": "active",
        "subscription": subscription["id"],
        "test_clock": subscription["test_clock"],
    }


def _item(price: str, quantity: int) -> Json:
    nothing: Json = {"billing_thresholds": None, "discounts": [], "metadata": {}, "tax_rates": []}
    return nothing | {"price": price, "quantity": quantity}


def _phase(currency: str, items: list[Json], start: int, end: int, proration: str) -> Json:
    nothing = dict.fromkeys(
        (
            "application_fee_percent", "billing_cycle_anchor", "billing_thresholds", "collection_method",
            "default_payment_method", "description", "invoice_settings", "on_behalf_of", "transfer_data", "trial_end",
        )
    )  # fmt: skip
    return nothing | {
        "add_invoice_items": [],
        "currency": currency,
        "default_tax_rates": [],
        "discounts": [],
        "end_date": end,
        "items": items,
        "metadata": {},
        "proration_behavior": proration,
        "start_date": start,
    }


def change(work: Work, schedule: Json, given: Json) -> Json:
    """New phases and a new end. A phase lasts for its `duration`, or until its `end_date`."""
    _refuse_over(schedule, "update")
    before = {name: schedule[name] for name in given if name in schedule}
    if "phases" in given:
        schedule["phases"] = _phases(work, schedule, given["phases"])
        now = schedule["phases"][0]
        schedule["current_phase"] = {"start_date": now["start_date"], "end_date": now["end_date"]}
        work.note(schedule["id"], due_at=now["end_date"])
    schedule |= {name: given[name] for name in ("end_behavior", "metadata") if name in given}
    emit(work, "subscription_schedule.updated", work.save(schedule), before)
    return schedule


def _phases(work: Work, schedule: Json, given: list[Json]) -> list[Json]:
    made: list[Json] = []
    for index, wish in enumerate(given):
        param = f"phases[{index}]"
        start = made[-1]["end_date"] if made else wish.get("start_date")
        if start is None:
            raise required(f"{param}[start_date]")
        if not made and start != schedule["phases"][0]["start_date"]:
            raise invalid("You can not modify the start date of the current phase.", f"{param}[start_date]")
        if ("duration" in wish) == ("end_date" in wish):
            raise invalid("You must specify exactly one of `duration` or `end_date` for a phase.", param)
        span = wish.get("duration", {})
        until = wish.get("end_date") or after(start, span["interval"], span.get("interval_count", 1))
        if until <= work.now:
            raise invalid("A phase can't end in the past.", f"{param}[end_date]")
        items = [_item(_price(work, row, param), row.get("quantity", 1)) for row in wish["items"]]
        proration = wish.get("proration_behavior", "create_prorations")
        made.append(_phase(schedule["phases"][0]["currency"], items, start, until, proration))
    return made


def _price(work: Work, row: Json, param: str) -> str:
    if "price" not in row:
        raise required(f"{param}[items][0][price]")
    return str(work.get("price", row["price"], f"{param}[items][0][price]")["id"])


def next_phase(work: Work, schedule: Json) -> None:
    """A phase is over: the next begins, or the schedule ends as it said it would."""
    rest = [phase for phase in schedule["phases"] if phase["start_date"] >= work.now]
    if rest:
        schedule["current_phase"] = {name: rest[0][name] for name in ("start_date", "end_date")}
        work.note(schedule["id"], due_at=rest[0]["end_date"])
        emit(work, "subscription_schedule.updated", work.save(schedule))
    elif schedule["end_behavior"] == "cancel":
        _finish(work, schedule, "completed", "completed_at")
        subscribing.end(work, work.get("subscription", schedule["subscription"]), None)
    else:
        release(work, schedule)


def release(work: Work, schedule: Json) -> Json:
    """The subscription goes on without the schedule, for ever."""
    _refuse_over(schedule, "release")
    subscription = work.get("subscription", schedule["subscription"])
    work.save(subscription | {"schedule": None})
    schedule |= {"released_subscription": subscription["id"], "subscription": None}
    return _finish(work, schedule, "released", "released_at")


def cancel(work: Work, schedule: Json) -> Json:
    """The schedule and its subscription end now."""
    _refuse_over(schedule, "cancel")
    subscription = work.get("subscription", schedule["subscription"])
    _finish(work, schedule, "canceled", "canceled_at")
    if subscription["status"] != "canceled":
        subscribing.end(work, subscription, "cancellation_requested")
    return schedule


def _finish(work: Work, schedule: Json, status: str, moment: str) -> Json:
    schedule |= {"status": status, moment: work.now, "current_phase": None}
    work.forget(schedule["id"], "due_at")
    emit(work, f"subscription_schedule.{status}", work.save(schedule))
    return schedule


def _refuse_over(schedule: Json, verb: str) -> None:
    if schedule["status"] in OVER:
        raise invalid(
            f"You cannot {verb} a subscription schedule that is currently in the `{schedule['status']}` status."
        )
