"""The demo school, made once: chapter by chapter, through the same verbs that the pages use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from demo import (
    applications,
    calling_off,
    cohorts,
    confirmations,
    employers,
    erasures,
    evaluations,
    hours,
    inquiries,
    lines,
    makeups,
    observations,
    offers,
    passports,
    people,
    prices,
    prior_learning,
    purchases,
    renewals,
    rules,
    slots,
    stories,
    studies,
)
from foundation.audit import AuditLine
from foundation.clock import now
from foundation.db import db

LOADED = "demo.chapter_loaded"
CHAPTERS: tuple[tuple[str, Callable[[datetime], None]], ...] = (
    ("people", people.make_people),
    ("programs and lessons", offers.make_programs),
    ("cohorts and timetables", offers.make_cohorts),
    ("enrollments", studies.make_enrollments),
    ("lessons", studies.study),
    ("classes", studies.attend),
    ("make-ups", makeups.make_up),
    ("coaching logs", hours.make_logs),
    ("mentor coaching", hours.make_mentoring),
    ("confirmations", confirmations.ask_some),
    ("mentor hours", slots.offer_some),
    ("observations", observations.observe),
    ("reviews", hours.review),
    ("prior learning", prior_learning.claim_some),
    ("a line taken back", hours.take_one_back),
    ("clients written down twice", hours.write_twice),
    ("certificates", hours.certify),
    ("evaluations", evaluations.evaluate),
    ("passports", passports.make_some),
    ("rules", rules.try_a_version),
    ("renewals", renewals.make_renewals),
    ("pauses and withdrawals", studies.end_some),
    ("stories", stories.make_stories),
    ("coaches", stories.make_profiles),
    ("leads", inquiries.make_leads),
    ("prices", prices.set_prices),
    ("classmates", purchases.fill_seats),
    ("purchases", purchases.make_purchases),
    ("employers", employers.send_invoices),
    ("waitlists", lines.make_lines),
    ("cohorts being written", cohorts.write_some),
    ("applications", applications.take_some),
    ("a cohort called off", calling_off.call_one_off),
    ("farewells", erasures.erase_some),
)


def load_demo(say: Callable[[str], None]) -> bool:
    """Make the demo school. False where it was there already.

    Each chapter is one transaction; a load that was killed goes on with the chapter it had begun.
    """
    done = set(db.session.scalars(select(AuditLine.facts["chapter"].astext).where(AuditLine.verb == LOADED)))
    waiting = [(name, chapter) for name, chapter in CHAPTERS if name not in done]
    if not waiting:
        return False
    say("Loading the demo school (once) ...")
    at = now()
    for name, chapter in waiting:
        chapter(at)
        db.session.flush()
        db.session.add(AuditLine(at=at, verb=LOADED, subject_type="school", subject_id=0, facts={"chapter": name}))
        db.session.commit()
        say(f"  {name}")
    return True
