"""Recording: staff write down a bank transfer; whatever comes of it is honest: a part, all of it, or too much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select

from accounts.models import User
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.escalating import escalate
from foundation.money import Money
from payments import accounting, ordering, owing, settling, taxing
from payments import letters as order_letters
from payments.employers import letters
from payments.models import INVOICE_MOVES, EnrollmentOrder, EntryKind, Invoice, InvoiceState, OrderState, Payment
from payments.plans import arrears
from payments.receipts import day_here


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the bank's statement says: cents, its day, and the words that came with it."""

    cents: int
    on: date
    reference: str


def received(order_id: int) -> tuple[int, int]:
    """What has come for an order so far: cents, and in how many payments."""
    query = select(func.coalesce(func.sum(Payment.cents), 0), func.count(Payment.id))
    cents, number = db.session.execute(query.where(Payment.order_id == order_id)).one()
    return int(cents), int(number)


def take_in(invoice_id: int, transfer: Transfer, *, seen: int, actor: User, at: datetime) -> Invoice:
    """Write down one transfer and what follows from it. `seen`: the cents that had come when the page was shown.

    So two people, or a click made twice, can't write one transfer down twice. Raises Refused beside the field.
    """
    invoice = db.session.get_one(Invoice, invoice_id)
    order = ordering.locked(invoice.order_id)
    db.session.refresh(invoice)
    had, number = received(order.id)
    if seen != had:
        money = Money(had, invoice.currency)
        raise Refused(f"Somebody has written down a payment meanwhile: {money} have come. Look, then go on.", "amount")
    _check(transfer, at)
    tax, over = taxing.of_transfer(invoice, had, transfer.cents)
    _write(order, invoice, transfer, number + 1, (tax, over), actor, at)
    _follow(order, invoice, transfer, had + transfer.cents, number + 1, at=at)
    return invoice


def _check(transfer: Transfer, at: datetime) -> None:
    if transfer.cents <= 0:
        raise Refused("How much has come?", "amount")
    if transfer.on > day_here(at):
        raise Refused("This day has not come yet.", "on")


def _write(
    order: EnrollmentOrder,
    invoice: Invoice,
    transfer: Transfer,
    number: int,
    split: tuple[int, int],
    actor: User,
    at: datetime,
) -> None:
    """`split`: the tax in it, and what of it nobody asked for."""
    (tax, over), zone = split, ZoneInfo(current_app.config["SETTINGS"].time_zone)
    when = min(datetime.combine(transfer.on, time(12), zone), at)
    name = f"{invoice.number}/{number}"
    facts: dict[str, Any] = {"method": "bank transfer", "reference": transfer.reference, "invoice": invoice.number}
    facts |= {"over": over} if over else {}
    made = Payment(
        order_id=order.id,
        due_number=1,
        cents=transfer.cents,
        currency=order.currency,
        charge_id=name,
        paid_at=when,
        facts=facts,
    )
    db.session.add(made)
    db.session.flush()
    accounting.enter(order, EntryKind.TRANSFER, transfer.cents, name, when=when, at=at, tax=tax, **facts)
    record("invoice.transfer", subject=order, actor=actor, at=at, cents=transfer.cents, number=name)


def _follow(
    order: EnrollmentOrder, invoice: Invoice, transfer: Transfer, total: int, number: int, *, at: datetime
) -> None:
    rest = invoice.cents - total
    if invoice.state == InvoiceState.CANCELLED:
        _for_nothing(order, invoice, transfer, number, at=at)
        return
    if rest > 0:
        move(invoice, InvoiceState.PART_PAID)
    elif invoice.is_open:
        move(invoice, InvoiceState.PAID)
        _paid(order, invoice, transfer, total, at=at)
    letters.received(invoice, transfer.cents, rest, number=number, at=at)
    if rest < 0:
        _too_much(order, min(-rest, transfer.cents), number, at=at)


def _paid(order: EnrollmentOrder, invoice: Invoice, transfer: Transfer, total: int, *, at: datetime) -> None:
    """All of it is there: the receipt, and the seat for whoever was not let in before."""
    method = f"Bank transfer {transfer.reference}".strip()
    told = {"id": invoice.number, "amount_total": total, "method": method, "taxes": invoice.facts.get("taxes", [])}
    due = owing.due_of(order.id, 1)
    order.paid_at = at
    owing.mark_paid(due, at=at)
    if order.enrollment_id is None:
        settling.take_seat(order, told, at=at)
    elif ordering.move(order, OrderState.PAID, at=at):
        accounting.issue_receipt(order, due, told, at=at)
        order_letters.paid(order, at=at)
        arrears.follow(order, at=at)


def move(invoice: Invoice, to: InvoiceState) -> None:
    """Raises MoveRefused."""
    INVOICE_MOVES.check(invoice.state, to)
    invoice.state = to


def _too_much(order: EnrollmentOrder, cents: int, number: int, *, at: datetime) -> None:
    escalate(
        "order.overpaid",
        subject=order,
        summary=f"The employer has paid {Money(cents, order.currency)} too much. Send it back.",
        dedupe=f"order.overpaid:{order.id}:{number}",
        at=at,
        order=order.public_id,
    )


def _for_nothing(order: EnrollmentOrder, invoice: Invoice, transfer: Transfer, number: int, *, at: datetime) -> None:
    """Money for an invoice that was cancelled: it is kept in sight until a person has decided."""
    order.paid_at = order.paid_at or at
    ordering.move(order, OrderState.PAID_NO_SEAT, at=at)
    came = Money(transfer.cents, order.currency)
    escalate(
        "order.paid_no_seat",
        subject=order,
        summary=f"{came} came for {invoice.number}, which was cancelled. Send it back, or seat the trainee.",
        dedupe=f"order.paid_no_seat:{order.id}:{number}",
        at=at,
        order=order.public_id,
    )
