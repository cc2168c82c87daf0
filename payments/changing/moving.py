"""Moving: to another cohort, or away for a while and back; at once within the rules, by staff where there is a fee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from enrollment import moving
from enrollment.models import Cohort
from foundation.db import db
from foundation.errors import Refused
from foundation.escalating import StaffTask, escalate, resolve
from foundation.jobs import Job, enqueue
from foundation.states import MoveRefused
from payments import letters, ordering, owing, waiving
from payments.changing import choosing, holding, writing
from payments.models import (
    ChangeKind,
    ChangeState,
    DueKind,
    DueState,
    EnrollmentChange,
    EnrollmentOrder,
    OrderDue,
    OrderState,
)
from payments.plans import arrears

TASK = "change.asked"


def ask_to_move(order_id: int, to: Cohort, *, reason: str, actor: User, at: datetime) -> EnrollmentChange:
    """Move, or come back after a break. Where the rules want a fee it waits for that, and holds a seat there.

    Raises Refused, SoldOut.
    """
    order = _locked(order_id)
    found = choosing.choices(order, at=at)
    if not found.can_move:
        raise Refused(_why_not(found), "cohort")
    if to.id not in {cohort.id for cohort in found.cohorts}:
        raise Refused("This cohort is not open, or has no seat left. Choose another one.", "cohort")
    kind = ChangeKind.RETURN if found.is_away else ChangeKind.MOVE
    return _ask(order, kind, found, to=to, reason=reason, actor=actor, at=at)


def ask_to_defer(order_id: int, *, reason: str, actor: User, at: datetime) -> EnrollmentChange:
    """Give up the seat for now and come back in a later cohort. Raises Refused."""
    order = _locked(order_id)
    found = choosing.choices(order, at=at)
    if not found.can_defer:
        raise Refused(_why_not(found), "sure")
    return _ask(order, ChangeKind.DEFER, found, to=None, reason=reason, actor=actor, at=at)


def _locked(order_id: int) -> EnrollmentOrder:
    order = ordering.locked(order_id)
    if not choosing.may_change(order):
        raise Refused("This course has ended already.")
    return order


def _why_not(found: choosing.Choices) -> str:
    if found.pending is not None:
        return "You have asked for a change already; take it back first."
    if not found.is_active:
        return "Something that was due is open. Settle it first, then you can move."
    return "You have moved as often as the rules allow. Write to us, and we see what can be done."


def _ask(
    order: EnrollmentOrder,
    kind: ChangeKind,
    found: choosing.Choices,
    *,
    to: Cohort | None,
    reason: str,
    actor: User,
    at: datetime,
) -> EnrollmentChange:
    moving.lock_both(order.cohort, to or order.cohort)
    change = writing.write(order, kind, ChangeState.ASKED, found, to=to, reason=reason, actor=actor, at=at)
    if change.fee_cents == 0:
        carry_out(change, actor=actor, at=at)
        return change
    if order.state == OrderState.INVOICED:
        _ask_staff(order, change, at=at)
        return change
    where = f"to {to.title} ({to.code})" if to else "away for a while"
    holding.hold(change, until=ordering.payable_until(at) + ordering.GRACE, at=at)
    change.due_number = owing.add_fee(order, DueKind.MOVE, change.fee_cents, on=choosing.today(order, at)).number
    escalate(
        TASK,
        subject=change,
        summary=f"{order.user.name} asks to move {where}. It is done once the fee of {change.fee} is paid; or decide.",
        dedupe=f"{TASK}:{change.id}",
        at=at,
        order=order.public_id,
    )
    return change


def _ask_staff(order: EnrollmentOrder, change: EnrollmentChange, *, at: datetime) -> None:
    """While an employer's invoice is open, a fee is settled with the employer, not on a page of Stripe's."""
    where = f"to {change.to_cohort.title} ({change.to_cohort.code})" if change.to_cohort else "away for a while"
    escalate(
        TASK,
        subject=change,
        summary=f"{order.user.name} asks to move {where}. The employer has not paid yet: settle the fee of "
        f"{change.fee} with them, then do it; or decline.",
        dedupe=f"{TASK}:{change.id}",
        at=at,
        order=order.public_id,
    )


def move_by_staff(order_id: int, to: Cohort, *, reason: str, actor: User, at: datetime) -> EnrollmentChange:
    """Staff move somebody, without fee and however often; what the rules keep by then is kept all the same."""
    order = _locked(order_id)
    found = choosing.choices(order, at=at)
    kind = ChangeKind.RETURN if found.is_away else ChangeKind.MOVE
    moving.lock_both(order.cohort, to)
    change = writing.write(order, kind, ChangeState.ASKED, found, to=to, reason=reason, actor=actor, at=at)
    change.fee_cents = 0
    carry_out(change, actor=actor, at=at)
    return change


def carry_out(change: EnrollmentChange, *, actor: User, at: datetime, answer: str = "") -> None:
    """Do what was asked. Raises Refused, SoldOut, MoveRefused."""
    order = ordering.locked(change.order_id)
    enrollment = order.enrollment
    if enrollment is None or not choosing.may_change(order):
        raise Refused("This course has ended meanwhile.")
    writing.move(change, ChangeState.DONE, actor=actor, at=at, answer=answer)
    _settle_fee(change, reason=answer or "Done", actor=actor, at=at)
    if change.to_cohort is None:
        moving.defer(enrollment, ref=order.seat_ref, at=at, actor=actor, reason=change.reason)
        letters.deferred(order, change, back_by=choosing.choices(order, at=at).back_by, at=at)
    else:
        was_called_off = order.cohort.cancelled_at is not None
        names = {"ref": order.seat_ref, "held": holding.ref_of(change)}
        moving.move_to(enrollment, change.to_cohort, **names, at=at, actor=actor, reason=change.reason)
        order.cohort_id = change.to_cohort.id
        db.session.flush()
        db.session.refresh(order, ["cohort"])
        if was_called_off:
            arrears.give_time(order, actor=actor, at=at)
            enqueue(Job.FOLLOW_PLANS)
        letters.moved(order, change, at=at)
    _close(change, actor=actor, note=answer or "Done", at=at)


def paid(order: EnrollmentOrder, due: OrderDue, *, at: datetime) -> None:
    """The fee has come: what was asked for is done; where it can't be any more, a person decides what now."""
    query = select(EnrollmentChange).where(EnrollmentChange.order_id == order.id)
    change = db.session.scalar(query.where(EnrollmentChange.due_number == due.number))
    try:
        if change is None or not change.is_open:
            raise Refused("It had been taken back or decided before.")
        with db.session.begin_nested():
            carry_out(change, actor=order.user, answer="The fee is paid", at=at)
    except (Refused, MoveRefused) as refused:
        why = refused.message if isinstance(refused, Refused) else str(refused)
        escalate(
            "change.paid_for_nothing",
            subject=order,
            summary=f"{order.user.name} paid {due.amount} to move, which can't be done: {why} Move or refund them.",
            dedupe=f"change.paid_for_nothing:{due.id}",
            at=at,
            order=order.public_id,
        )


def _settle_fee(change: EnrollmentChange, *, reason: str, actor: User, at: datetime) -> None:
    """A fee that is still open is let go of, by whoever does it all the same."""
    due = _fee_of(change)
    if due is not None and due.is_open:
        waiving.waive(due, reason=reason, actor=actor, at=at)


def _drop_fee(change: EnrollmentChange, *, at: datetime) -> None:
    """It is asked for no longer, and no seat waits for it."""
    holding.release(change, at=at)
    due = _fee_of(change)
    if due is not None and due.is_open:
        due.state, due.settled_at = DueState.VOID, at


def _fee_of(change: EnrollmentChange) -> OrderDue | None:
    return owing.due_of(change.order_id, change.due_number) if change.due_number else None


def decline(change: EnrollmentChange, *, answer: str, actor: User, at: datetime) -> None:
    """Staff say no, with a reason that the trainee reads. Raises MoveRefused."""
    writing.move(change, ChangeState.DECLINED, actor=actor, at=at, answer=answer)
    _drop_fee(change, at=at)
    _close(change, actor=actor, note=answer, at=at)
    letters.change_declined(change.order, change, at=at)


def take_back(change: EnrollmentChange, *, actor: User, at: datetime) -> None:
    """The trainee thinks better of it. Raises MoveRefused."""
    writing.move(change, ChangeState.TAKEN_BACK, actor=actor, at=at)
    _drop_fee(change, at=at)
    _close(change, actor=actor, note="Taken back", at=at)


def _close(change: EnrollmentChange, *, actor: User, note: str, at: datetime) -> None:
    """What was put before staff about it is settled."""
    task = db.session.scalar(select(StaffTask).where(StaffTask.dedupe == f"{TASK}:{change.id}"))
    if task is not None:
        resolve(task, actor=actor, at=at, note=note)
