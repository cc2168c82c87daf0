"""Timetables: on which days a cohort meets. The room that keeps the classes stands above this one and tells it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Flask, current_app

from enrollment.models import Cohort

Reader = Callable[[Cohort], list[date]]


def told_by(app: Flask, reader: Reader) -> None:
    """Where the days come from; said once, when the rooms are joined."""
    app.extensions["timetable"] = reader


def class_days(cohort: Cohort) -> tuple[date, ...]:
    """Each day with a class, in the cohort's own zone, oldest first."""
    reader: Reader = current_app.extensions["timetable"]
    return tuple(sorted(set(reader(cohort))))
