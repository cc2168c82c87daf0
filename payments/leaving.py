"""Leaving: somebody goes before the end. Nothing more is asked for, the enrollment ends, the seat is free."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from enrollment import enrolling, seating
from enrollment.models import ENROLLMENT_MOVES, EnrollmentState
from foundation.jobs import Job, enqueue
from payments import owing
from payments.models import EnrollmentOrder


def leave(
    order: EnrollmentOrder, *, reason: str, at: datetime, actor: User | None = None, asks_on: bool = False
) -> None:
    """End what an order led to; what the learner made and earned stays. Said twice, it is said once.

    `asks_on`: what is open stays open, until staff have settled it with whoever owes it.
    """
    if not asks_on:
        owing.void(order, at=at)
    if order.subscription_id:
        enqueue(Job.FOLLOW_PLANS)
    enrollment = order.enrollment
    if enrollment is not None and ENROLLMENT_MOVES.allows(enrollment.state, EnrollmentState.WITHDRAWN):
        enrolling.withdraw(enrollment, reason=reason, at=at, actor=actor)
    seat = seating.live_seat(order.seat_ref)
    if seat is not None:
        seating.release(seat, at=at)
