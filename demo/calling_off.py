"""Chapter: a cohort that was called off, and somebody who pays by instalments and has not chosen yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import current_app

from demo.people import person
from demo.purchases import CARD, buy, local_stripe
from enrollment.cohorts import writing
from enrollment.models import Cohort
from foundation.db import db
from payments.calling_off import deciding


def call_one_off(at: datetime) -> None:
    """Left out where no local Stripe can be had."""
    if not current_app.config["SETTINGS"].uses_local_stripe:
        return
    with local_stripe() as answers:
        if not answers:
            return
        staff = person("ingrid-solheim-achebe")
        cohort = _evenings(at)
        buy(person("kgomotso-ramaphakela"), cohort.code, CARD, at, way="instalments")
        reason = "Only one of you has signed up for the evenings, and a circle of one is none."
        deciding.call_off(cohort, reason=reason, seen=cohort.revision, actor=staff, at=at)


def _evenings(at: datetime) -> Cohort:
    like = db.session.query(Cohort).filter_by(code="maple").one()
    staff, draft = person("ingrid-solheim-achebe"), replace(writing.as_draft(like), title="Larch cohort, evenings")
    cohort = writing.create("larch", draft, like=like, actor=staff, at=at)
    writing.show(cohort, True, actor=staff, at=at)
    return cohort
