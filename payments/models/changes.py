"""What a trainee asks to change about a course that is paid for: to stop, to move, to come later."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import Model, pk, public_id, word
from foundation.money import Money
from foundation.states import Moves
from payments.models.orders import EnrollmentOrder


class ChangeKind(StrEnum):
    """`defer`: the seat is given up and they come back in a later cohort, which is the `return`."""

    STOP = "stop"
    MOVE = "move"
    DEFER = "defer"
    RETURN = "return"


class ChangeState(StrEnum):
    """`asked`: the rules want a fee for it, so it waits for staff; all else is done at once."""

    ASKED = "asked"
    DONE = "done"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


_C = ChangeState
CHANGE_MOVES = Moves(
    "change",
    {
        _C.ASKED: {_C.DONE, _C.DECLINED, _C.TAKEN_BACK},
        _C.DONE: set(),
        _C.DECLINED: set(),
        _C.TAKEN_BACK: set(),
    },
)


class EnrollmentChange(Model):
    """One wish and what became of it. `back_cents` went back; `kept_cents` is what the rules kept on the day it was
    asked, which a later day of another cohort never makes less. `due_number`: the part of the order that is its fee."""

    __tablename__ = "enrollment_change"
    __table_args__ = (
        CheckConstraint("back_cents >= 0 AND kept_cents >= 0 AND fee_cents >= 0", name="sums_not_negative"),
        Index("uq_enrollment_change_asked", "order_id", unique=True, postgresql_where=text("state = 'asked'")),
        Index("ix_enrollment_change_order", "order_id", "id"),
        Index("ix_enrollment_change_state", "state", "id"),
    )

    id: Mapped[pk]
    public_id: Mapped[public_id]
    order_id: Mapped[int] = mapped_column(ForeignKey("enrollment_order.id"))
    kind: Mapped[ChangeKind] = mapped_column(word(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(word(ChangeState))
    from_cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    to_cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_on: Mapped[date]
    back_cents: Mapped[int] = mapped_column(default=0)
    kept_cents: Mapped[int] = mapped_column(default=0)
    fee_cents: Mapped[int] = mapped_column(default=0)
    due_number: Mapped[int | None]
    currency: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")

    order: Mapped[EnrollmentOrder] = relationship()
    from_cohort: Mapped[Cohort] = relationship(foreign_keys=[from_cohort_id])
    to_cohort: Mapped[Cohort | None] = relationship(foreign_keys=[to_cohort_id])
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def back(self) -> Money:
        return Money(self.back_cents, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_cents, self.currency)

    @property
    def is_open(self) -> bool:
        return self.state == ChangeState.ASKED
