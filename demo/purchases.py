"""Chapter seven: seats that are sold in the coming cohorts, and a few purchases through the local Stripe."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import requests
import structlog
from flask import current_app

from accounts.identifying import create_user, find_by_email
from accounts.models import RoleName, User
from demo.people import person
from demo.reading import table
from enrollment import seating
from enrollment.enrolling import activate
from enrollment.models import Cohort
from foundation.db import db
from payments import agreeing, gateway, ordering, owing, paying, sending_back, settling, waiving
from payments.changing import choosing, stopping
from payments.models import EnrollmentOrder, PlanKind, PricePlan, WaiverKind

log = structlog.get_logger()
CARD = {"method": "card", "number": "4242424242424242", "expiry": "12 / 34", "cvc": "123", "country": "US"}
BANK_FAILS = {"method": "bank", "account": "000222222227"}


def fill_seats(at: datetime) -> None:
    """Classmates in the coming cohorts, let in by staff."""
    names = iter(table("people")["classmates"])
    for told in table("cohorts"):
        cohort = db.session.query(Cohort).filter_by(code=told["code"]).one()
        taken = told.get("seats_taken", 0) - (1 if told["code"] == "juniper" else 0)
        for number in range(max(0, taken)):
            since = cohort.opens_at + timedelta(days=2 + number)
            seat = seating.take(cohort, ref=f"staff:{told['code']}:{number}", at=since)
            activate(_classmate(next(names), cohort, since), cohort, seat, at=since)


def _classmate(name: str, cohort: Cohort, at: datetime) -> User:
    email = f"classmate.{cohort.code}.{at.date().toordinal()}@example.com"
    known = find_by_email(email)
    return known or create_user(
        email=email,
        name=name,
        password=None,
        at=at,
        roles=[RoleName.TRAINEE],
        time_zone=cohort.time_zone,
        confirmed=True,
    )


def make_purchases(at: datetime) -> None:
    """Paid in full, refused by the bank, still open, paid and stopped; left out where no local Stripe can be had."""
    if not current_app.config["SETTINGS"].uses_local_stripe:
        return
    with local_stripe() as answers:
        if not answers:
            log.warning("demo.no_local_stripe", says="the demo school's purchases were left out")
            return
        buy(person("jean-baptiste-mbuyi"), "juniper", CARD, at)
        buy(person("kgomotso-ramaphakela"), "rowan", BANK_FAILS, at)
        buy(person("sean-odonoghue-lukasiewicz"), "rowan", None, at)
        _think_better(buy(person("liat-barak"), "rowan", CARD, at), at)
        _help(buy(person("kgomotso-ramaphakela"), "sorrel", CARD, at, way=PlanKind.DEPOSIT), at)


def buy(user: User, code: str, means: dict[str, str] | None, at: datetime, *, way: str = "") -> EnrollmentOrder:
    """`way`: a kind of plan; the first on offer where it is empty."""
    cohort = db.session.query(Cohort).filter_by(code=code).one()
    plans = [plan.public_id for plan in db.session.query(PricePlan).filter_by(cohort_id=cohort.id, kind=way or None)]
    plan = plans[0] if plans else ""
    order = ordering.place(user, cohort, plan=plan, agreement_version=agreeing.current().version, at=at)
    opening = paying.Opening(order.id)
    for _ in opening.steps(at=at):
        db.session.flush()
    if means and opening.url:
        fields = {"email": user.email, "name": user.name, "holder": user.name, "postal_code": "05001", **means}
        requests.post(opening.url, fields, allow_redirects=False, timeout=30)
        session_id = opening.url.rsplit("/", 1)[1].split("?")[0]
        if means["method"] == "bank":
            base = current_app.config["SETTINGS"].stripe_api_base
            requests.post(
                f"{base}/control/sessions/{session_id}/fail", headers={"Accept": "application/json"}, timeout=30
            )
        settling.settle(order.id, gateway.retrieve_session(session_id), at=at)
    return order


def _help(order: EnrollmentOrder, at: datetime) -> None:
    """A fifth of the balance is let go of as a scholarship; where no deposit could be had, there is no balance."""
    for due in owing.dues_of(order.id)[1:]:
        cents, owner, why = waiving.share_of(due, 20), person("ingrid-solheim-achebe"), "Helps run the lending library"
        waiving.waive(due, cents, reason=why, actor=owner, at=at, kind=WaiverKind.SCHOLARSHIP)


def _think_better(order: EnrollmentOrder, at: datetime) -> None:
    """Stop again from the account, and have back what the rules give."""
    if not choosing.may_change(order):
        log.warning("demo.not_paid", says="the local Stripe was too slow; one purchase of the demo school stays open")
        return
    seen = choosing.choices(order, at=at).stop.back.cents
    why = "One course at a time: Foundations first."
    _, asked = stopping.stop(order.id, seen=seen, reason=why, actor=order.user, at=at)
    for _ in sending_back.Sending(asked).steps(at=at):
        db.session.flush()


@contextmanager
def local_stripe() -> Iterator[bool]:
    """The local Stripe that runs already, or one started for this chapter."""
    base = str(current_app.config["SETTINGS"].stripe_api_base)
    if _answers(base):
        yield True
        return
    command = [sys.executable, "-W", "ignore", "-m", "payments.sandbox", "--port", base.rsplit(":", 1)[1]]
    command += ["--database", current_app.config["SETTINGS"].database_url]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            if _answers(base) or started.poll() is not None:
                break
            time.sleep(0.1)
        yield _answers(base)
    finally:
        started.terminate()
        started.wait(10)


def _answers(base: str) -> bool:
    try:
        return requests.get(f"{base}/_health", timeout=1).ok
    except requests.RequestException:
        return False
