"""Cancelling: an invoice is not asked for any more. Its credit note says so; what had come of it goes back."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.escalating import escalate
from foundation.money import Money
from payments import crediting, leaving, ordering
from payments.employers import letters, recording
from payments.models import Invoice, InvoiceState, OrderState


def cancel(invoice_id: int, *, reason: str, actor: User, at: datetime) -> Invoice:
    """End the invoice, its order and its seat. Said twice, it is said once. Raises Refused for one that is paid."""
    invoice = db.session.get_one(Invoice, invoice_id)
    order = ordering.locked(invoice.order_id)
    db.session.refresh(invoice)
    if invoice.state == InvoiceState.CANCELLED:
        return invoice
    if not invoice.is_open:
        raise Refused("This invoice is paid. Give the money back instead.", "reason")
    recording.move(invoice, InvoiceState.CANCELLED)
    invoice.cancelled_at, invoice.cancelled_by_id, invoice.reason = at, actor.id, reason
    note = crediting.for_invoice(invoice, at=at)
    record("invoice.cancelled", subject=order, actor=actor, at=at, number=invoice.number, reason=reason)
    leaving.leave(order, reason=reason, actor=actor, at=at)
    came, _ = recording.received(order.id)
    if came:
        order.paid_at = order.paid_at or at
        ordering.move(order, OrderState.PAID_NO_SEAT, at=at, actor=actor)
        escalate(
            "order.paid_no_seat",
            subject=order,
            summary=f"{Money(came, order.currency)} came for {invoice.number} before it was cancelled. It goes back.",
            dedupe=f"order.paid_no_seat:{order.id}",
            at=at,
            order=order.public_id,
        )
    else:
        ordering.move(order, OrderState.CANCELLED, at=at, actor=actor)
    letters.cancelled(invoice, note.number, at=at)
    return invoice
