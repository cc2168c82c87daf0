"""Choosing: what somebody may change about a course today, and what each choice costs or gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from enrollment.models import Cohort, EnrollmentState
from enrollment.policies.applying import Rule
from enrollment.seating import left_of
from foundation.db import db
from foundation.filters import shown_time
from foundation.money import Money
from payments import binding, ordering, proposing
from payments.changing import holding
from payments.models import ChangeKind, ChangeState, EnrollmentChange, EnrollmentOrder, OrderDue, OrderState
from payments.pricing.spreading import later
from payments.proposing import Proposal

MAY_CHANGE = (OrderState.PAID, OrderState.PART_REFUNDED, OrderState.INVOICED)
"""Whoever was let in by an employer's invoice may change it too, before it is paid."""
MAY_STOP = (
    EnrollmentState.ACTIVE,
    EnrollmentState.READ_ONLY,
    EnrollmentState.SUSPENDED,
    EnrollmentState.PAUSED,
)
USES_A_MOVE = (ChangeKind.MOVE, ChangeKind.DEFER)


@dataclass(frozen=True, slots=True)
class Share:
    """Who gets what of a price that an employer has not paid: `kept` is still due, `let_go` is not."""

    company: str
    number: str
    kept: Money
    let_go: Money


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen. `stop` is what comes back today; `cohorts` have a seat; `back_by` ends a break."""

    stop: Proposal
    rule: Rule
    currency: str
    moves_left: int
    cohorts: list[Cohort]
    is_away: bool
    is_active: bool
    back_by: date
    pending: EnrollmentChange | None
    is_called_off: bool = False
    open_parts: list[OrderDue] = field(default_factory=list)
    share: Share | None = None
    seat_words: str = ""
    """What holds of the seat there, while a wish waits for its fee."""

    @property
    def shown_cents(self) -> int:
        """The sum that somebody sees before they stop, so that nobody confirms another one."""
        return self.share.kept.cents if self.share else self.stop.back.cents

    @property
    def can_move(self) -> bool:
        may = self.is_away or self.is_called_off or (self.is_active and self.moves_left > 0)
        return self.pending is None and may

    @property
    def can_defer(self) -> bool:
        return self.pending is None and self.is_active and (self.moves_left > 0 or self.is_called_off)

    @property
    def fee(self) -> Money:
        """For a move or a break; coming back from a break costs nothing more, nor does what the school called off."""
        return Money(0 if self.is_away or self.is_called_off else self.rule.terms.transfer_fee_cents, self.currency)


def may_change(order: EnrollmentOrder) -> bool:
    """Whether there is a course that this order leads to and that has not ended."""
    return order.state in MAY_CHANGE and order.enrollment is not None and order.enrollment.state in MAY_STOP


def today(order: EnrollmentOrder, at: datetime) -> date:
    """The day in the cohort's own zone, by which the rules count."""
    return at.astimezone(order.cohort.zone).date()


def choices(order: EnrollmentOrder, *, at: datetime) -> Choices:
    """The caller has asked `may_change`."""
    assert order.enrollment is not None
    rule, done = binding.rule_of(order), changes_of(order.id)
    used = sum(_uses_a_move(change) for change in done)
    state, pending = order.enrollment.state, next((change for change in done if change.is_open), None)
    kept = max((change.kept_cents for change in done if change.state == ChangeState.DONE), default=0)
    is_away = state == EnrollmentState.PAUSED and _last_kind(done) == ChangeKind.DEFER
    return Choices(
        stop=proposing.propose(order, on=today(order, at), rule=rule, kept_already=kept),
        rule=rule,
        currency=order.currency,
        moves_left=max(0, rule.terms.transfers - used),
        cohorts=cohorts_for(order, at=at),
        is_away=is_away,
        is_active=state == EnrollmentState.ACTIVE,
        back_by=later(order.cohort.starts_on, rule.terms.completion_months),
        is_called_off=order.cohort.cancelled_at is not None,
        pending=pending,
        open_parts=[due for due in order.dues if due.is_open and not due.is_fee],
        share=_share(order, at),
        seat_words=_seat_words(pending, at) if pending is not None else "",
    )


def _share(order: EnrollmentOrder, at: datetime) -> Share | None:
    if order.state != OrderState.INVOICED or order.invoice is None:
        return None
    price, is_off = proposing.price_of(order), order.cohort.cancelled_at is not None
    kept = Money(0 if is_off else proposing.kept_on(order, today(order, at)), order.currency)
    return Share(order.invoice.company, order.invoice.number, kept, Money(price.cents - kept.cents, order.currency))


def _seat_words(pending: EnrollmentChange, at: datetime) -> str:
    if pending.to_cohort_id is None or pending.due_number is None:
        return ""
    seat = holding.seat_of(pending)
    if seat is not None and seat.held_until is None:
        return "Your bank takes a few days; a seat there is kept until we know."
    if seat is None or seat.held_until is None or seat.held_until <= at:
        return "No seat is held any more; paying takes one, if one is left."
    return f"A seat there is held for you until {shown_time(seat.held_until - ordering.GRACE)}."


def _uses_a_move(change: EnrollmentChange) -> bool:
    """Who left a cohort that the school called off has not used one of their moves."""
    moved = change.state == ChangeState.DONE and change.kind in USES_A_MOVE
    return moved and change.from_cohort.cancelled_at is None


def changes_of(order_id: int) -> list[EnrollmentChange]:
    """Every wish about an order, the newest first."""
    query = select(EnrollmentChange).where(EnrollmentChange.order_id == order_id)
    return list(db.session.scalars(query.order_by(EnrollmentChange.id.desc())))


def _last_kind(changes: list[EnrollmentChange]) -> ChangeKind | None:
    return next((change.kind for change in changes if change.state == ChangeState.DONE), None)


def cohorts_for(order: EnrollmentOrder, *, at: datetime) -> list[Cohort]:
    """Other cohorts of the program, at the same currency, that are open and have a seat; the next one first."""
    query = select(Cohort).where(
        Cohort.program_id == order.cohort.program_id,
        Cohort.id != order.cohort_id,
        Cohort.currency == order.currency,
        Cohort.is_published,
        Cohort.cancelled_at.is_(None),
        Cohort.opens_at <= at,
        Cohort.closes_at > at,
        left_of(at) > 0,
    )
    return list(db.session.scalars(query.order_by(Cohort.starts_on, Cohort.id)))
