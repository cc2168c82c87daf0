"""What beat says, and when. Every entry is a sweep: it does no harm to run it twice."""

from __future__ import annotations

from typing import Any

from foundation.jobs import Job

TIMETABLE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": Job.BEAT_HEARTBEAT.value, "schedule": 60.0},
    "letters": {"task": Job.SWEEP_LETTERS.value, "schedule": 30.0},
}
