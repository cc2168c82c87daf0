"""What rooms above do along when a cohort is copied: they register here when the rooms are joined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from accounts.models import User
from enrollment.models import Cohort

Copier = Callable[[Cohort, Cohort, User, datetime], None]


def told(app: Flask, *copiers: Copier) -> None:
    """Who copies what: the classes, the ways to pay. Said once."""
    app.extensions["cohort_copiers"] = copiers


def copied(old: Cohort, new: Cohort, *, actor: User, at: datetime) -> None:
    """Bring along what belongs to the old cohort in the rooms above."""
    copiers: tuple[Copier, ...] = current_app.extensions.get("cohort_copiers", ())
    for copy in copiers:
        copy(old, new, actor, at)
