"""`expand[]`: puts whole objects where their ids stand (https://docs.stripe.com/api/expanding_objects)."""

from typing import Any

from payments.sandbox.errors import invalid
from payments.sandbox.listing import as_list
from payments.sandbox.store import Json, Work

DEEPEST = 4
INNER = ("line_items", "payments", "refunds")
EXPANDABLE = {
    "balance_transaction", "charge", "configuration", "customer", "default_payment_method", "default_price", "dispute",
    "invoice", "latest_charge", "latest_invoice", "line_items", "payment_intent", "payment_method", "payments",
    "product", "promotion_code", "coupon", "refunds", "schedule", "source", "subscription",
}  # fmt: skip


def expand(work: Work, answer: Json, paths: list[str]) -> Json:
    for path in paths:
        steps = path.split(".")
        if len(steps) - steps.count("data") > DEEPEST:
            raise invalid("You cannot expand more than 4 levels of a property.", "expand")
        _walk(work, answer, steps, path)
    return answer


def _walk(work: Work, here: Any, steps: list[str], path: str) -> None:
    if isinstance(here, list):
        _fetch(work, here, steps)
        for item in here:
            _walk(work, item, steps, path)
        return
    if not steps or here is None:
        return
    step, *rest = steps
    absent = not isinstance(here, dict) or (step not in here and step not in INNER)
    if absent or (step not in EXPANDABLE and not isinstance(here[step], dict | list)):
        message = f"This property cannot be expanded ({path}). You may want to try expanding something else."
        raise invalid(message, "expand", "invalid_expand")
    if isinstance(here.get(step), str):
        here[step] = work.find(here[step]) or here[step]
    elif here.get(step) is None and step in INNER:
        here[step] = _inner_list(work, here, step)
    _walk(work, here[step], rest, path)


def _fetch(work: Work, items: list[Any], steps: list[str]) -> None:
    """What all items of a list name in the same place, in one statement a level."""
    while items and steps and steps[0] in EXPANDABLE:
        step, *steps = steps
        holders = [item for item in items if isinstance(item, dict) and item.get(step) is not None]
        found = work.find_all([item[step] for item in holders if isinstance(item[step], str)])
        for item in holders:
            item[step] = found.get(item[step], item[step]) if isinstance(item[step], str) else item[step]
        items = [item[step] for item in holders if isinstance(item[step], dict)]


def _inner_list(work: Work, owner: Json, step: str) -> Json | None:
    if owner["object"] == "checkout.session" and step == "line_items":
        return as_list(work.private(owner["id"])["lines"], f"/v1/checkout/sessions/{owner['id']}/line_items")
    if owner["object"] == "charge" and step == "refunds":
        query = "SELECT body FROM object WHERE kind = 'refund' AND body->>'charge' = %s ORDER BY seq DESC"
        found = [row[0] for row in work.rows(query, owner["id"])]
        return as_list(found, f"/v1/charges/{owner['id']}/refunds")
    if owner["object"] == "invoice" and step == "payments":
        query = "SELECT body FROM object WHERE kind = 'invoice_payment' AND body->>'invoice' = %s ORDER BY seq DESC"
        return as_list([row[0] for row in work.rows(query, owner["id"])], "/v1/invoice_payments")
    return None
