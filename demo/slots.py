"""Hours that the mentors offer in the coming weeks; Maren has booked one, and one waits for its mentor's word."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from credentials.mentor_slots.booking import book
from credentials.mentor_slots.publishing import Offer, publish
from credentials.models import MentorSlot
from demo.people import person
from foundation.db import db

ROOM = "https://meet.example.com/"
# Who, days from now, begins, minutes, places, weeks.
OFFERS = (
    ("keiko-shimabukuro", 3, time(9), 60, 1, 4),
    ("keiko-shimabukuro", 5, time(17), 90, 8, 3),
    ("rafael-monteiro", 4, time(12), 45, 1, 3),
)


def offer_some(at: datetime) -> None:
    for key, days, starts, minutes, places, weeks in OFFERS:
        offer = Offer((at + timedelta(days=days)).date(), starts, minutes, places, f"{ROOM}{key}", weeks)
        publish(person(key), offer, at=at)
    yesterday = at - timedelta(days=1)
    offer = Offer(yesterday.date(), time(10), 60, 1, f"{ROOM}keiko-shimabukuro")
    [past] = publish(person("keiko-shimabukuro"), offer, at=at - timedelta(days=3))
    maren = person("maren-oyelaran")
    book(maren, past.public_id, at=at - timedelta(days=3))
    ahead = select(MentorSlot.public_id).where(MentorSlot.starts_at > at, MentorSlot.places == 1)
    book(maren, db.session.scalars(ahead.order_by(MentorSlot.starts_at, MentorSlot.id)).first() or "", at=at)
