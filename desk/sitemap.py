"""The pages that search engines may know."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy import select

from enrollment.models import Cohort, Program
from foundation.db import db
from foundation.filters import absolute


def addresses(at: datetime) -> list[str]:
    """Full addresses of every public page that there is at a moment."""
    fixed = ["site.home", "site.programs", "credentials.explained", "credentials.planner", "guide.form"]
    fixed += ["community.spotlight", "community.coaches", "verify.form"]
    found = [absolute(url_for(endpoint)) for endpoint in fixed]
    return found + _offers(at) + _community()


def _offers(at: datetime) -> list[str]:
    programs = db.session.scalars(
        select(Program.slug).where(Program.is_published).order_by(Program.position, Program.id)
    )
    cohorts = db.session.execute(
        select(Program.slug, Cohort.code)
        .join(Cohort.program)
        .where(Program.is_published, Cohort.is_published, Cohort.cancelled_at.is_(None), Cohort.closes_at > at)
        .order_by(Cohort.starts_on, Cohort.id)
    )
    found = [absolute(url_for("site.program", slug=slug)) for slug in programs]
    return found + [absolute(url_for("site.cohort", slug=slug, code=code)) for slug, code in cohorts]


def _community() -> list[str]:
    from community.queries import public_coach_slugs, public_story_slugs

    found = [absolute(url_for("community.story", slug=slug)) for slug in public_story_slugs()]
    return found + [absolute(url_for("community.coach", slug=slug)) for slug in public_coach_slugs()]
