"""What beat says, and when. Every entry is a sweep: it does no harm to run it twice."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from foundation.jobs import Job

TIMETABLE: dict[str, dict[str, Any]] = {
    "rule-reach": {"task": Job.WORK_OUT_REACH.value, "schedule": 120.0},
    "logs": {"task": Job.TAKE_OVER_LOGS.value, "schedule": 60.0},
    "packs": {"task": Job.MAKE_PACKS.value, "schedule": 120.0},
    "heartbeat": {"task": Job.BEAT_HEARTBEAT.value, "schedule": 60.0},
    "letters": {"task": Job.SWEEP_LETTERS.value, "schedule": 30.0},
    "stripe-events": {"task": Job.HANDLE_STRIPE_EVENTS.value, "schedule": 30.0},
    "classes": {"task": Job.CLOSE_CLASSES.value, "schedule": 60.0},
    "orders": {"task": Job.RECONCILE_ORDERS.value, "schedule": 180.0},
    "plans": {"task": Job.FOLLOW_PLANS.value, "schedule": 300.0},
    "arrears": {"task": Job.LOOK_AT_ARREARS.value, "schedule": 3600.0},
    "choices": {"task": Job.REMIND_OF_CHOICES.value, "schedule": 3600.0},
    "books": {"task": Job.COMPARE_BOOKS.value, "schedule": crontab(hour="3", minute="40")},
    "waitlists": {"task": Job.OFFER_FREE_SEATS.value, "schedule": 30.0},
    "access": {"task": Job.FOLLOW_ACCESS.value, "schedule": 3600.0},
    "applications": {"task": Job.LAPSE_APPLICATIONS.value, "schedule": 300.0},
    "missed-events": {"task": Job.FETCH_MISSED_EVENTS.value, "schedule": 3600.0},
    "documents": {"task": Job.SWEEP_DOCUMENTS.value, "schedule": 3600.0},
    "erasures": {"task": Job.ERASE_DUE.value, "schedule": 600.0},
    "renewals": {"task": Job.REMIND_OF_RENEWALS.value, "schedule": 3600.0},
}
