"""What rooms above do along when a cohort is copied or called off: they register here when the rooms are joined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from accounts.models import User
from enrollment.models import Cohort

Copier = Callable[[Cohort, Cohort, User, datetime], None]
Ender = Callable[[Cohort, User, datetime], None]


def told(app: Flask, *, copiers: tuple[Copier, ...], enders: tuple[Ender, ...]) -> None:
    """Who copies what (the classes, the ways to pay), and what ends with a cohort. Said once."""
    app.extensions["cohort_followers"] = (copiers, enders)


def copied(old: Cohort, new: Cohort, *, actor: User, at: datetime) -> None:
    """Bring along what belongs to the old cohort in the rooms above."""
    copiers, _ = current_app.extensions["cohort_followers"]
    for copy in copiers:
        copy(old, new, actor, at)


def called_off(cohort: Cohort, *, actor: User, at: datetime) -> None:
    """End what belongs to the cohort in the rooms above."""
    _, enders = current_app.extensions["cohort_followers"]
    for end in enders:
        end(cohort, actor, at)
