"""Two sweeps at once, a worker killed in the middle, a seat fought over: one seat, one offer, one letter."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enrollment import seating
from enrollment.models import Cohort
from enrollment.waitlist import queueing
from enrollment.waitlist.models import WaitlistEntry
from foundation.db import db
from foundation.errors import Refused
from tests.enrollment.waiting import letters, live_seats, states, sweep

ROOT = Path(__file__).resolve().parents[2]
DYING = """
    import sys, time
    from app import create_app
    from enrollment.models import Cohort
    from enrollment.waitlist import offering
    from foundation.clock import now
    from foundation.config import Settings
    from foundation.db import db

    given = dict(database_url=sys.argv[1], redis_url="redis://127.0.0.1:1/0", var=sys.argv[2])
    with create_app(Settings(env="test", log_level="ERROR", **given)).app_context():
        print(offering.offer_free_seats(db.session.get_one(Cohort, int(sys.argv[3])), at=now()), flush=True)
        time.sleep(600)
"""


def all_at_once(jobs):
    start = threading.Barrier(len(jobs))

    def run(job):
        start.wait(120)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_eight_sweeps_at_once_make_one_offer_and_one_letter(school):
    cohort = school.full_cohort()
    for name in ("Ana Lima", "Bo Chen", "Cem Kaya"):
        school.waiting(cohort, name)
    school.freed(cohort)
    assert sorted(all_at_once([lambda: sweep(school, cohort)] * 8)) == [0] * 7 + [1]
    assert states(school) == ["offered", "waiting", "waiting"]
    assert [kind for kind, _ in letters(school)].count("offered") == 1


def test_eight_times_the_same_person_at_once_is_one_place(school):
    cohort, ana = school.full_cohort(), school.user("Ana Lima")
    entries = all_at_once([lambda: school.waiting(cohort, ana).id] * 8)
    assert len(set(entries)) == 1
    assert letters(school) == [("joined", ana.email)]


def test_taking_and_declining_at_once_end_as_one_of_the_two(app, school):
    cohort, ana = school.full_cohort(), school.user("Ana Lima")
    entry = school.waiting(cohort, ana)
    school.waiting(cohort, "Bo Chen")
    school.freed(cohort)
    sweep(school, cohort)

    def decline():
        with app.app_context():
            try:
                queueing.decline(db.session.get_one(WaitlistEntry, entry.id), at=school.now())
                db.session.commit()
            except Refused:
                db.session.rollback()

    def take():
        try:
            school.order(ana, cohort)
        except Refused:
            return

    all_at_once([decline, take, lambda: sweep(school, cohort)])
    sweep(school, cohort)
    assert (states(school), live_seats(school)) in [
        (["accepted", "waiting"], ["order"]),
        (["declined", "offered"], ["waitlist"]),
    ]


def free(school, cohort):
    school.freed(cohort)


def offer(school, cohort):
    sweep(school, cohort)


def test_a_visitor_never_gets_the_seat_that_just_came_free_while_somebody_waits(app, school):
    cohort = school.full_cohort()
    school.waiting(cohort)

    def buy():
        with app.app_context():
            try:
                held = seating.hold(
                    db.session.get_one(Cohort, cohort.id), ref="order:77", until=cohort.closes_at, at=school.now()
                )
                db.session.commit()
            except seating.SoldOut:
                db.session.rollback()
                return None
            return held.id

    answers = all_at_once([lambda: free(school, cohort), *[buy] * 4, lambda: offer(school, cohort)])
    assert answers == [None] * 6
    sweep(school, cohort)
    assert states(school) == ["offered"]


@pytest.mark.slow
def test_a_worker_killed_before_its_commit_costs_nobody_anything(app, school):
    cohort = school.full_cohort()
    school.waiting(cohort)
    school.freed(cohort)
    settings = app.config["SETTINGS"]
    given = [settings.database_url, settings.var, str(cohort.id)]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(DYING), *given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip() == "1"
    assert states(school) == ["waiting"]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert sweep(school, cohort) == 1
    assert states(school) == ["offered"]
    assert [kind for kind, _ in letters(school)] == ["joined", "offered"]


def test_the_worker_s_task_looks_at_every_line(app, school):
    from tasks.enrollment import offer_free_seats

    for _ in range(2):
        cohort = school.full_cohort()
        school.waiting(cohort)
        school.freed(cohort)
    with app.app_context():
        assert offer_free_seats.run() == 2
        assert offer_free_seats.run() == 0
    assert states(school) == ["offered", "offered"]
