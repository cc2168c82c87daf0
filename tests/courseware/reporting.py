"""A class with a meeting room's report, and what the tests of such reports look at."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from courseware.models import Attendance
from foundation.db import db
from tests.courseware.looking import text

STARTS = datetime(2026, 3, 12, 22, tzinfo=UTC)  # 18:00 in New York
FULL = ("Ana Lima", "", -10, 155)


@pytest.fixture
def places(school, cohort):
    return {name: school.enrollment(school.user(name), cohort) for name in ("Ana Lima", "Ben Okri", "Zoë Brontë")}


@pytest.fixture
def studio(school, cohort, noor):
    return school.live_class(cohort, starts_at=STARTS, instructor_id=noor.id)


def bring(client, sheet, data: bytes, name="participants.csv", **kwargs):
    return client.submit(f"{sheet}/report", {"file": (io.BytesIO(data), name)}, **kwargs)


def look(client, sheet, data: bytes) -> str:
    """The address of what is shown."""
    answer = bring(client, sheet, data)
    assert answer.status_code == 303, text(answer)
    return answer.location


def chosen(page) -> dict[str, str]:
    """What the form would send as it stands."""
    html = page.get_data(as_text=True)
    found = {}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        picked = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = picked.group(1) if picked else re.search(r'value="([^"]*)"', body).group(1)
    found["seen"] = re.search(r'name="seen"[^>]*value="(\d*)"', html).group(1)
    return found


def save(client, shown, **more):
    return client.submit(shown, chosen(client.get(shown)) | {"act": "save"} | more)


def marks(app) -> dict[int, int]:
    with app.app_context():
        found = db.session.execute(select(Attendance.enrollment_id, Attendance.minutes).order_by(Attendance.id))
        return {row[0]: row[1] for row in found}
