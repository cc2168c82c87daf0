"""Staff: one person's money on one page."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template
from sqlalchemy.orm import lazyload

from accounts.models import User
from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound
from foundation.filters import shown_datetime
from mail.models import Letter
from payments import recounting, showing
from payments.changing import listing
from payments.changing.choosing import may_change
from payments.models.ledger import STANDS
from payments.models.orders import MONEY_IS_HERE, OWES
from payments.persons import gathering
from payments.persons.tallying import open_of
from payments.scholarships import giving

staff_money = Blueprint("staff_money", __name__, url_prefix="/staff/people")


@staff_money.get("/<int:user_id>/money")
@staff("finance")
def person(user_id: int) -> str:
    """Every order, part, movement, paper, refund, dispute, change, waiver and letter, and what they add up to."""
    rows = db.session.execute(giving.with_theirs(user_id).options(lazyload(User.roles))).all()
    if not rows:
        raise NotFound
    user = rows[0][0]
    found = gathering.whole(user)
    return render_template(
        "staff/payments/person.html",
        person=user,
        whole=found,
        scholarships=[(code, used) for _, code, used in rows if code is not None],
        names=found.names,
        open_of=open_of,
        may_change=may_change,
        has_money=MONEY_IS_HERE,
        owes=OWES,
        stands=STANDS,
        today=now().date(),
        words=showing.WORDS,
        kinds=recounting.KINDS,
        change_words=listing.WORDS,
        change_kinds=listing.KINDS,
        letters=[recounting.letter_line(letter) | {"when": shown_datetime(_when(letter))} for letter in found.letters],
    )


def _when(letter: Letter) -> datetime:
    return letter.sent_at or letter.promised_at
