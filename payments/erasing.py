"""What this room says about erasing a person: the books stay as the law asks; before that nothing may be open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, String, func, or_, select, update
from sqlalchemy.orm import joinedload

from accounts.erasing.terms import Doing, Emptied, Kept, Matter, Part
from accounts.models import User
from enrollment.models import Cohort
from foundation.db import ERASED, db
from foundation.escalating import StaffTask, escalate
from foundation.money import Money
from payments.models import DueState, EnrollmentOrder, OrderDue, OrderState, Payment, PromotionCode, Refund, StripeEvent
from payments.models.ledger import RefundState
from payments.models.orders import OWES

OPEN = {
    OrderState.DRAFT: "An order for {of} waits to be paid: cancel it, or let it run out within the hour.",
    OrderState.PENDING: "An order for {of} waits to be paid: cancel it, or let it run out within the hour.",
    OrderState.PROCESSING: "A payment for {of} is on its way: it takes a few days until your bank has decided.",
    OrderState.INVOICED: "An invoice for {of} is open: it has to be paid or cancelled.",
    OrderState.PAID_NO_SEAT: "A payment for {of} is here, and the school has to decide about it.",
    OrderState.REVIEW: "A payment for {of} does not fit its order, and the school has to decide about it.",
    OrderState.DISPUTED: "Your bank disputes a payment for {of}: it has to be decided first.",
}
ON_ITS_WAY = (RefundState.ASKED, RefundState.PENDING)
MINE = "orders.mine"


def open_matters(user: User, _at: datetime) -> list[Matter]:
    """Money that is owed, on its way, or disputed."""
    whole = joinedload(EnrollmentOrder.cohort).joinedload(Cohort.program)
    orders = db.session.scalars(
        select(EnrollmentOrder).where(EnrollmentOrder.user_id == user.id).options(whole).order_by(EnrollmentOrder.id)
    )
    names = {one.id: one for one in orders}
    found = [OPEN[one.state].format(of=_of(one)) for one in names.values() if one.state in OPEN]
    return [Matter(words, MINE) for words in (*found, *_sums(names), *_decisions(names))]


def _sums(orders: dict[int, EnrollmentOrder]) -> Iterator[str]:
    owing = [one.id for one in orders.values() if one.state in OWES and one.state != OrderState.INVOICED]
    dues = select(OrderDue).where(OrderDue.order_id.in_(owing), OrderDue.state == DueState.OPEN)
    for due in db.session.scalars(dues.order_by(OrderDue.due_on, OrderDue.id)) if owing else ():
        yield f"{due.amount.shown()} is still to be paid for {_of(orders[due.order_id])}."
    back = select(Refund).where(Refund.order_id.in_(list(orders)), Refund.state.in_(ON_ITS_WAY))
    for refund in db.session.scalars(back.order_by(Refund.id)) if orders else ():
        amount: Money = refund.amount
        yield f"{amount.shown()} is on its way back to you: wait until it has arrived."


def _decisions(orders: dict[int, EnrollmentOrder]) -> Iterator[str]:
    about = (StaffTask.subject_type == EnrollmentOrder.__tablename__, StaffTask.subject_id.in_(list(orders)))
    waits = select(StaffTask.subject_id).where(*about, StaffTask.resolved_at.is_(None)).distinct()
    for order_id in db.session.scalars(waits.order_by(StaffTask.subject_id)) if orders else ():
        if orders[order_id].state not in OPEN:
            yield f"The school has to decide something about your payment for {_of(orders[order_id])}."


def _of(order: EnrollmentOrder) -> str:
    return f"{order.cohort.program.title}, {order.cohort.title}"


def _events_of(user: User) -> ColumnElement[bool]:
    """What Stripe told of their orders, and whatever else it told that names their address."""
    orders = select(EnrollmentOrder.id).where(EnrollmentOrder.user_id == user.id)
    named = func.lower(StripeEvent.payload.cast(String)).contains(user.email.lower(), autoescape=True)
    return or_(StripeEvent.order_id.in_(orders), named)


def _codes_of(user: User) -> ColumnElement[bool]:
    return or_(PromotionCode.for_user_id == user.id, func.lower(PromotionCode.email) == user.email.lower())


def _before(doing: Doing) -> None:
    """A code that was theirs alone is nobody's; what Stripe keeps of them is for a person to delete."""
    said = {"is_active": False, "reason": ERASED}
    db.session.execute(update(PromotionCode).where(_codes_of(doing.user)).values(**said))
    known = select(EnrollmentOrder).where(EnrollmentOrder.user_id == doing.user.id)
    known = known.where(EnrollmentOrder.customer_id.is_not(None)).order_by(EnrollmentOrder.id)
    for customer, order in {one.customer_id: one for one in db.session.scalars(known)}.items():
        escalate(
            "stripe.customer_erased",
            subject=order,
            summary=f"Somebody was erased. Delete their customer at Stripe too: {customer}.",
            dedupe=f"stripe.customer_erased:{customer}",
            at=doing.at,
        )


def forget_told(event: StripeEvent) -> None:
    """What Stripe tells of somebody who was erased is not kept, once it has been acted upon or passed over."""
    said = event.payload.get("data", {}).get("object", {})
    names = [name for key in ("id", "payment_intent", "customer") if isinstance(name := said.get(key), str)]
    about = (
        EnrollmentOrder.id == event.order_id,
        EnrollmentOrder.customer_id.in_(names),
        Payment.payment_intent_id.in_(names),
    )
    erased = select(User.id).join(EnrollmentOrder, EnrollmentOrder.user_id == User.id).outerjoin(Payment)
    if db.session.scalar(erased.where(User.erased_at.is_not(None), or_(*about)).limit(1)) is not None:
        event.payload = {}


PART = Part(
    told=(
        "Your addresses and names in what Stripe told the school, and why you stopped, moved or were given something.",
        "Codes that were yours alone, such as a scholarship.",
    ),
    goes=(
        Emptied("checkout_attempt", ("params", "url"), "order_id.user_id"),
        Emptied("stripe_event", ("payload", "last_error"), _events_of),
        Emptied("promotion_code", ("email",), _codes_of),
        Emptied("enrollment_change", ("reason", "answer"), "order_id.user_id"),
        Emptied("refund", ("reason", "last_error"), "order_id.user_id"),
        Emptied("waiver", ("reason",), "due_id.order_id.user_id"),
        Emptied("order_due", ("invoice_url",), "order_id.user_id"),
        Emptied("employer_invoice", ("reason",), "order_id.user_id"),
    ),
    by_hand=("promotion_code.reason",),
    stays=(
        Kept(
            (
                "receipt.facts",
                "credit_note.facts",
                "employer_invoice.facts",
                "employer_invoice.company",
                "employer_invoice.address",
                "employer_invoice.tax_number",
                "employer_invoice.purchase_order",
                "employer_invoice.billing_email",
            ),
            "Receipts, credit notes and an employer’s invoice: number, sum, day, what for, and who paid",
            "the law of bookkeeping and tax asks the school to keep its books and papers whole for years",
        ),
        Kept(
            ("enrollment_order.customer_id",),
            "Orders: for which course, what it cost, when; and Stripe’s own codes of customer, payment and plan",
            "the same law; and without the codes a late refund could not find its payment",
        ),
    ),
    codes={
        "enrollment_order": (
            "currency",
            "plan_title",
            "subscription_id",
            "schedule_id",
            "agreement_version",
            "payment_intent_id",
        ),
        "checkout_attempt": (
            "idempotency_key",
            "params_hash",
            "session_id",
        ),
        "stripe_event": (
            "event_id",
            "type",
            "object_type",
            "object_id",
            "api_version",
            "source",
        ),
        "promotion_code": (
            "code",
            "currency",
        ),
        "enrollment_change": ("currency",),
        "refund": (
            "currency",
            "stripe_id",
        ),
        "waiver": ("currency",),
        "order_due": (
            "currency",
            "invoice_id",
        ),
        "employer_invoice": (
            "number",
            "currency",
        ),
        "credit_note": (
            "number",
            "currency",
        ),
        "receipt": ("number",),
        "money_entry": (
            "currency",
            "stripe_id",
            "facts",
        ),
        "payment": (
            "currency",
            "payment_intent_id",
            "charge_id",
            "facts",
        ),
        "dispute": (
            "stripe_id",
            "currency",
            "status",
            "reason",
        ),
        "order_terms": ("terms",),
    },
    nobodys=("price_plan", "published_agreement", "receipt_counter", "credit_note_counter", "invoice_counter"),
    open_matters=open_matters,
    before=_before,
)
