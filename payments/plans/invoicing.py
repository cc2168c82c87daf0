"""Invoicing: what Stripe says of an instalment becomes true in our books, once, in whatever order it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.audit import record
from foundation.escalating import escalate
from payments import accounting, letters, ordering, owing, refunding, settling, taxing
from payments.models import DueState, EnrollmentOrder, OrderDue
from payments.plans import arrears

Json = dict[str, Any]
NEAR = timedelta(days=12)
"""How far an invoice's day may lie from the day of the instalment that it is for."""


def subscription_of(invoice: Json) -> str:
    """The subscription an invoice is for (`parent.subscription_details` since 2025-03-31.basil); empty for others."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    found = details.get("subscription") or invoice.get("subscription") or ""
    return str(found.get("id") if isinstance(found, dict) else found)


def marks_of(invoice: Json) -> Json:
    """The metadata that we gave to the subscription, as its invoice carries it."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return details.get("metadata") or (invoice.get("subscription_details") or {}).get("metadata") or {}


def settle_invoice(order_id: int, invoice: Json, *, at: datetime) -> EnrollmentOrder:
    """Bring an instalment to where its invoice is; said again, it changes nothing.

    `invoice` is as Stripe shows it now, with `payment_intent` (and its charge) put in by the gateway.
    """
    order = ordering.locked(order_id)
    if invoice.get("status") == "void":
        _let_go(order, invoice)
        return order
    due = _due_for(order, invoice)
    if due is None:
        _surplus(order, invoice, at=at)
        return order
    due.invoice_id, due.invoice_url = invoice["id"], invoice.get("hosted_invoice_url")
    if invoice.get("status") == "paid":
        _paid(order, due, invoice, at=at)
    elif invoice.get("status") == "open" and invoice.get("attempt_count", 0) > due.tries:
        _failed(order, due, invoice, at=at)
    elif invoice.get("status") == "uncollectible":
        _given_up(order, due, at=at)
    return order


def _let_go(order: EnrollmentOrder, invoice: Json) -> None:
    """Stripe asks for it no more: the instalment that it was for may have another."""
    for due in owing.dues_of(order.id):
        if due.invoice_id == invoice["id"]:
            due.invoice_id, due.invoice_url = None, None


def _due_for(order: EnrollmentOrder, invoice: Json) -> OrderDue | None:
    """The instalment an invoice is for: the one it was known for, else the free one whose day is nearest."""
    dues = [due for due in owing.dues_of(order.id) if not due.is_fee]
    known = [due for due in dues if due.invoice_id == invoice["id"]]
    if known:
        return known[0]
    day = _period_start(invoice).astimezone(order.cohort.zone).date()
    free = [due for due in dues if due.invoice_id is None and due.number > 1 and abs(due.due_on - day) <= NEAR]
    return min(free, key=lambda due: abs(due.due_on - day), default=None)


def _period_start(invoice: Json) -> datetime:
    lines = (invoice.get("lines") or {}).get("data") or []
    starts = [line["period"]["start"] for line in lines if line.get("period")]
    return datetime.fromtimestamp(max(starts) if starts else invoice["created"], UTC)


def _paid(order: EnrollmentOrder, due: OrderDue, invoice: Json, *, at: datetime) -> None:
    session = _as_session(invoice)
    accounting.take_in(order, due, session, at=at)
    taxing.note(due, session["taxes"])
    if due.number > 1 and due.state in {DueState.VOID, DueState.WAIVED}:
        _too_late(order, due, invoice, at=at)
    elif due.number > 1 and due.state != DueState.PAID:
        settling.part_paid(order, due, session, at=at)


def _too_late(order: EnrollmentOrder, due: OrderDue, invoice: Json, *, at: datetime) -> None:
    """They have left, or it was waived: what was charged all the same goes back in full."""
    why = "Charged after it had been waived" if due.state == DueState.WAIVED else "Charged after the course had ended"
    if refunding.give_back(order, invoice["payment_intent"]["id"], why, at=at):
        record("plan.too_late", subject=order, at=at, due=due.number, invoice=invoice["id"])


def _as_session(invoice: Json) -> Json:
    """An invoice's payment in the shape that accounting knows from Checkout."""
    return {
        "id": invoice["id"],
        "payment_intent": invoice.get("payment_intent"),
        "amount_total": invoice["amount_paid"],
        "taxes": taxing.of_invoice(invoice),
    }


def _failed(order: EnrollmentOrder, due: OrderDue, invoice: Json, *, at: datetime) -> None:
    """A try did not bring the money. That the bank wants the buyer's word is no failure; each try has one letter."""
    due.tries = invoice["attempt_count"]
    intent = invoice.get("payment_intent") or {}
    again = invoice.get("next_payment_attempt")
    next_try = datetime.fromtimestamp(again, UTC).astimezone(order.cohort.zone).date() if again else None
    if intent.get("status") == "requires_action":
        letters.part_needs_word(order, due, at=at)
        return
    due.failed_at = due.failed_at or at
    record("due.failed", subject=order, at=at, due=due.number, tries=due.tries)
    letters.part_failed(order, due, next_try=next_try, at=at)
    arrears.follow(order, at=at)


def _given_up(order: EnrollmentOrder, due: OrderDue, *, at: datetime) -> None:
    due.failed_at = due.failed_at or at
    escalate(
        "order.uncollectible",
        subject=order,
        summary=f"Stripe has given up on instalment {due.number}. Talk to the buyer, waive it or end the enrollment.",
        dedupe=f"order.uncollectible:{due.id}",
        at=at,
    )


def _surplus(order: EnrollmentOrder, invoice: Json, *, at: datetime) -> None:
    """An instalment more than was agreed: it is taken in, and goes back in full."""
    if invoice.get("status") != "paid" or not invoice.get("amount_paid"):
        return
    last = [due for due in owing.dues_of(order.id) if not due.is_fee][-1]
    new = accounting.take_in(order, last, _as_session(invoice), at=at)
    if new:
        record("plan.surplus", subject=order, at=at, invoice=invoice["id"], cents=invoice["amount_paid"])
        refunding.give_back(order, invoice["payment_intent"]["id"], "Charged once too often", at=at)
    escalate(
        "order.plan_surplus",
        subject=order,
        summary="Stripe charged an instalment more than was agreed. It goes back by itself; see why the plan ran on.",
        dedupe=f"order.plan_surplus:{invoice['id']}",
        at=at,
        invoice=invoice["id"],
    )
