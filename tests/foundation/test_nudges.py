"""A name without ids goes to the broker at once; of many that follow each other closely, the last is never lost."""

import time

import pytest

from foundation import jobs
from foundation.jobs import QUIET, Job, Nudges

WAIT = 600 * QUIET


@pytest.fixture
def sent(monkeypatch):
    made = []
    monkeypatch.setattr(jobs, "send", lambda job, *ids: made.append((job, time.monotonic())))
    return made


def settled(nudges):
    until = time.monotonic() + WAIT
    while nudges.waiting and time.monotonic() < until:
        time.sleep(QUIET / 10)
    assert not nudges.waiting


def test_a_nudge_in_the_quiet_goes_out_before_the_answer_does(app, context, sent):
    nudges = Nudges()
    nudges.give(Job.SWEEP_LETTERS)
    nudges.give(Job.OFFER_FREE_SEATS)
    assert [job for job, _ in sent] == [Job.SWEEP_LETTERS, Job.OFFER_FREE_SEATS]


def test_many_nudges_become_few_and_one_always_follows_the_last(app, context, sent):
    nudges = Nudges()
    for _ in range(200):
        nudges.give(Job.SWEEP_LETTERS)
        given = time.monotonic()
    settled(nudges)
    assert 2 <= len(sent) < 100
    assert sent[-1][1] >= given


def test_a_nudge_that_waits_is_given_anew_in_a_process_that_was_forked_off(app, context, sent, monkeypatch):
    monkeypatch.setattr(jobs, "QUIET", 5 * QUIET)  # the second comes in time on a slow machine too
    nudges = Nudges()
    nudges.give(Job.SWEEP_LETTERS)
    nudges.give(Job.SWEEP_LETTERS)
    nudges.waiting[Job.SWEEP_LETTERS].cancel()  # a fork has the note, and no thread that would keep it
    nudges.waiting[Job.SWEEP_LETTERS].join()
    nudges.give(Job.SWEEP_LETTERS)
    settled(nudges)
    assert len(sent) == 2
