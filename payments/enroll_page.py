"""The page on which one enrolls: what it costs, what comes back, the agreement; or why nobody can."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from enrollment import admitting
from enrollment.models import Cohort
from enrollment.policies import applying
from enrollment.waitlist.queries import Doorway, doorway
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound
from payments import agreeing, queries
from payments.forms import AgreeForm
from payments.models import EnrollmentOrder
from payments.pricing import choosing

Page = str | BaseResponse | tuple[str, int]


def cohort_shown(code: str) -> Cohort:
    """One that the public may see, with its program. Raises NotFound."""
    found = db.session.scalar(select(Cohort).options(joinedload(Cohort.program)).where(Cohort.code == code))
    if found is None or not found.is_published:
        raise NotFound
    return found


def enroll_page(cohort: Cohort, filled: AgreeForm) -> Page:
    """By how they stand before the cohort; a week that is asked for is worked out on it."""
    at, mine = now(), None
    user_id = current_user.id if current_user.is_authenticated else None
    stands = doorway(user_id, cohort, at=at)
    if user_id and not stands.is_in:
        mine = queries.live_order(user_id, cohort.id)
    offers = choosing.offers(cohort, filled, current_user, at=at)
    agreement, rule = agreeing.current(), applying.in_force(cohort, at)
    paying = choosing.looked_at(offers, request.values.get("paying", ""), filled)
    filled.show(agreement.version, rule.mark)
    page = render_template(
        "payments/enroll.html",
        cohort=cohort,
        form=filled,
        offers=offers,
        state=_state(cohort, stands, mine, at),
        kept=stands.kept,
        order=mine,
        seats_left=stands.left,
        needed=admitting.asked(cohort),
        agreement=agreement,
        tax=current_app.config["SETTINGS"].stripe_tax,
        leaving=choosing.simulated(cohort, rule, offers, paying, request.values.get("week", "")),
        paying=paying,
    )
    return (page, 422) if filled.has_errors else page


def _state(cohort: Cohort, stands: Doorway, mine: EnrollmentOrder | None, at: Any) -> str:
    if stands.is_in:
        return "in"
    if mine is not None:
        return "ordered"
    if cohort.cancelled_at is not None:
        return "called_off"
    if at < cohort.opens_at:
        return "early"
    if not cohort.is_open(at):
        return "closed"
    accepted = admitting.acceptance(current_user, cohort, at=at)
    if cohort.program.asks_application and accepted is None:
        return "apply"
    has_seat = stands.left or stands.kept or (accepted is not None and accepted.seat_id is not None)
    return "open" if has_seat else "sold_out"
