"""Beginning: an order by invoice is on its way; where the price plan says so, the trainee is let in at once."""

from __future__ import annotations

from datetime import datetime

from enrollment import claiming, enrolling
from foundation.db import db
from payments import binding, ordering
from payments import letters as order_letters
from payments.employers import letters
from payments.models import EnrollmentOrder, OrderState
from payments.plans import arrears


def begin(order_id: int, *, at: datetime) -> EnrollmentOrder:
    """Send the invoice and let them in where that was promised. Said twice, it is done once. Raises SoldOut."""
    order = ordering.locked(order_id)
    invoice = order.invoice
    if invoice is None or order.state != OrderState.INVOICED:
        return order
    letters.sent(invoice, at=at)
    letters.ordered(invoice, at=at)
    if invoice.is_let_in and order.enrollment_id is None:
        seat = claiming.take_for(order.user, order.cohort, ref=order.seat_ref, at=at)
        months = binding.rule_of(order).terms.completion_months
        order.enrollment_id = enrolling.activate(order.user, order.cohort, seat, at=at, months=months).id
        order_letters.welcome(order, at=at)
        db.session.refresh(order, ["enrollment"])
        arrears.follow(order, at=at)
    return order
