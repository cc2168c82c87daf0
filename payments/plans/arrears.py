"""Arrears: what is overdue on an order, what follows from it for access, and when it is over.

From the first day overdue the trainee sees it in the course; after a time of grace the course can be read only, later
it is closed until the money is there. Nothing is ever deleted, and paying opens everything again at once.
While a cohort is called off and somebody has not chosen yet, nothing is overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from accounts.models import User
from credentials.certificates import holding
from credentials.models import HoldSource
from enrollment import enrolling
from enrollment.models import Enrollment, EnrollmentState
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.money import Money
from payments import binding, letters, ordering, owing
from payments.models import DueState, EnrollmentOrder, OrderDue, OrderState, PlanKind
from payments.models.orders import OWES

CLOSED_AFTER = timedelta(days=14)
"""Days from the end of the time of grace, when the course can be read only, until it is closed."""
SLACK = timedelta(days=3)
"""How long an instalment may be late in our books before it counts as missed: Stripe tells of failures itself."""
SOON = timedelta(days=7)
SETTLING_IN = timedelta(days=14)
"""How long whoever moved out of a cohort that was called off has for what fell due there, before anything follows."""
RESTRICTED = {EnrollmentState.READ_ONLY, EnrollmentState.SUSPENDED}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is overdue on an order: cents, and since which day."""

    cents: int
    since: date | None


def standing(order: EnrollmentOrder, on: date) -> Standing:
    """What has been missed up to a day, in the cohort's zone; of a cohort that was called off it is nothing."""
    if order.cohort.cancelled_at is not None:
        return Standing(0, None)
    late = [due for due in owing.dues_of(order.id) if _is_missed(order, due, on)]
    came = owing.part_paid(order.id) if late and order.plan_kind == PlanKind.INVOICE else 0
    return Standing(sum(due.with_tax.cents for due in late) - came, min((due.due_on for due in late), default=None))


def _is_missed(order: EnrollmentOrder, due: OrderDue, on: date) -> bool:
    if not due.is_open or due.is_fee or (due.number == 1 and order.plan_kind != PlanKind.INVOICE):
        return False
    if order.plan_kind == PlanKind.INSTALMENTS:
        return due.failed_at is not None or due.due_on + SLACK < on
    return due.due_on < on


def follow(order: EnrollmentOrder, *, at: datetime) -> None:
    """Bring the enrollment to where the order's arrears are. Repeats change nothing; the order is locked."""
    enrollment = order.enrollment
    if enrollment is None or order.state not in OWES:
        return
    today = at.astimezone(order.cohort.zone).date()
    found = standing(order, today)
    enrolling.note_arrears(enrollment, found.since)
    _hold_certificate(order, enrollment, at=at)
    if found.since is None:
        if enrollment.state in RESTRICTED:
            _open_again(order, enrollment, at=at)
        return
    if order.patience_until is None or order.patience_until < today:
        _restrict(order, found.since, today, at=at)


def _open_again(order: EnrollmentOrder, enrollment: Enrollment, *, at: datetime) -> None:
    """The letter thanks for a payment, so it goes out only where there was one."""
    if order.cohort.cancelled_at is not None:
        enrolling.move(enrollment, EnrollmentState.ACTIVE, at=at, why="the school called this cohort off")
        return
    enrolling.move(enrollment, EnrollmentState.ACTIVE, at=at, why="everything due is paid")
    letters.access_restored(order, at=at)


def _hold_certificate(order: EnrollmentOrder, enrollment: Enrollment, *, at: datetime) -> None:
    """A certificate waits while anything of the tuition is open, and says how much."""
    owed = owing.outstanding(order.id)
    if owed:
        reason = f"{Money(owed, order.currency)} of the tuition is still open."
        holding.hold_back(enrollment, reason=reason, source=HoldSource.TUITION, at=at)
    else:
        holding.release(enrollment, source=HoldSource.TUITION, at=at)


def _restrict(order: EnrollmentOrder, since: date, today: date, *, at: datetime) -> None:
    enrollment = order.enrollment
    assert enrollment is not None
    late, grace = today - since, timedelta(days=binding.rule_of(order).terms.grace_days)
    if late >= grace + CLOSED_AFTER and enrollment.state in {EnrollmentState.ACTIVE, EnrollmentState.READ_ONLY}:
        enrolling.move(enrollment, EnrollmentState.SUSPENDED, at=at, why="payment overdue")
        letters.access_closed(order, since, at=at)
    elif late >= grace and enrollment.state == EnrollmentState.ACTIVE:
        enrolling.move(enrollment, EnrollmentState.READ_ONLY, at=at, why="payment overdue")
        letters.access_read_only(order, since, closed_on=since + grace + CLOSED_AFTER, at=at)


def be_patient(order_id: int, until: date | None, *, reason: str, actor: User, at: datetime) -> None:
    """Staff wait with what follows until a day, or no longer; restricted access is given back. Raises Refused."""
    order = ordering.locked(order_id)
    if until is not None and until < at.astimezone(order.cohort.zone).date():
        raise Refused("This day has gone by.", "until")
    order.patience_until = until
    record("plan.patience", subject=order, actor=actor, at=at, until=until.isoformat() if until else "", reason=reason)
    enrollment = order.enrollment
    if until is not None and enrollment is not None and enrollment.state in RESTRICTED:
        enrolling.move(enrollment, EnrollmentState.ACTIVE, at=at, actor=actor, why=reason)
    follow(order, at=at)


def give_time(order: EnrollmentOrder, *, actor: User, at: datetime) -> None:
    """Whoever moves out of a cohort that was called off settles what fell due there first; the order is locked."""
    today = at.astimezone(order.cohort.zone).date()
    until = today + SETTLING_IN
    if standing(order, today).since is None or (order.patience_until and order.patience_until >= until):
        return
    order.patience_until = until
    reason = "Moved out of a cohort that the school called off"
    record("plan.patience", subject=order, actor=actor, at=at, until=until.isoformat(), reason=reason)


def to_look_at(on: date) -> list[int]:
    """Orders with something open whose day is near or gone; a day's slack for the zones."""
    near = OrderDue.due_on <= on + SOON + timedelta(days=1)
    open_ones = select(OrderDue.order_id).where(OrderDue.state == DueState.OPEN, near, OrderDue.number > 1)
    query = select(EnrollmentOrder.id).where(
        EnrollmentOrder.id.in_(open_ones),
        EnrollmentOrder.state.in_([OrderState.PAID, OrderState.PART_REFUNDED]),
    )
    return list(db.session.scalars(query.order_by(EnrollmentOrder.id)))


def look_at(order_id: int, *, at: datetime) -> None:
    """Remind of what is near, write about what was missed, and restrict access where the time of grace is over."""
    order = ordering.locked(order_id)
    today = at.astimezone(order.cohort.zone).date()
    asked_for = [] if order.cohort.cancelled_at is not None else owing.dues_of(order.id)
    for due in [one for one in asked_for if not one.is_fee]:
        if order.plan_kind == PlanKind.DEPOSIT and due.is_open and today <= due.due_on <= today + SOON:
            letters.part_soon(order, due, at=at)
        elif order.plan_kind == PlanKind.DEPOSIT and _is_missed(order, due, today):
            letters.part_missed(order, due, at=at)
    follow(order, at=at)
