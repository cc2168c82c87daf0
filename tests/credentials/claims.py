"""What the tests of learning elsewhere hand in, and how it is granted."""

from __future__ import annotations

import io
from typing import Any

from accounts.models import User
from credentials.models import PARTS, PriorLearning
from credentials.prior_learning.deciding import approve
from enrollment.models import Enrollment
from foundation.db import db
from tests.makers.prior_learning import CLAIM, picture

PAGE = "/hours/prior-learning"
DESK = "/staff/hours/prior-learning"
FULL = {name: CLAIM[name] for name in PARTS}


def typed(content: bytes | None = None, name: str = "certificate.png", **more: Any) -> dict[str, Any]:
    """The form as a trainee fills it."""
    return {
        "provider": "The Harbour Institute",
        "title": "Foundations of Listening",
        "accreditation": "level1",
        "completed": "y",
        "first_on": "2025-02-01",
        "last_on": "2025-05-30",
        "live_core": "20",
        "live_resource": "4:00",
        "own_core": "5.5",
        "enrollment": "",
        "document": (io.BytesIO(picture() if content is None else content), name),
    } | more


def grant(app: Any, school: Any, made: Any, by: Any, granted: Any = FULL, enrollment: Any = None) -> bool:
    """Whether it was granted by this call, as much of it as is said."""
    with app.app_context():
        mine, actor = db.session.get_one(PriorLearning, made.id), db.session.get_one(User, by.id)
        place = db.session.get_one(Enrollment, enrollment.id) if enrollment else None
        done = approve(mine, granted, "The transcript shows it", enrollment=place, actor=actor, at=school.now())
        db.session.commit()
        return done
