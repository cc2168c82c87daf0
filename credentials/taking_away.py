"""What this room adds to a person's own data: the coaching log in clear, and the documents that were handed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from credentials.coaching_log.packing import my_data
from credentials.models import PriorLearning
from credentials.prior_learning.keeping import content_of
from foundation.db import db
from foundation.errors import NotFound


def files_of(user: User, at: datetime) -> dict[str, bytes]:
    found = {"coaching-log.json": my_data(user, at=at)}
    claims = select(PriorLearning).where(PriorLearning.user_id == user.id).order_by(PriorLearning.id)
    for number, one in enumerate(db.session.scalars(claims), 1):
        try:
            found[f"documents/prior-learning-{number}-{one.document_name}"] = content_of(one.sha256)
        except NotFound:
            continue
    return found
