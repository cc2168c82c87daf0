"""`make run` keeps its word: ready when it says so, mended when something dies, gone when it is stopped."""

import os
import signal
import subprocess
import sys
import time

import pytest

from demo.logins import LOGINS
from tests.running import ROOT, Running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run():
    running = Running().start()
    yield running
    running.end()


def test_the_ready_line_comes_when_the_page_answers_and_names_the_logins(run):
    assert run.get("/")[0] == 200
    assert f"{run.base}/dev/mail" in run.said()
    assert run.said().count("password:") == len(LOGINS)


def test_a_second_make_run_beside_the_first_says_so_and_harms_nothing(run):
    second = subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "bin" / "run")],
        env=run.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert second.returncode == 1
    assert f"running already, at {run.base}" in second.stderr
    assert run.get("/healthz")[0] == 200


def test_a_command_beside_the_run_speaks_with_what_runs_there_whatever_its_port(run):
    command = [sys.executable, "-W", "ignore", "-m", "flask", "--app", "app", "doctor"]
    elsewhere = {name: value for name, value in run.environment.items() if name != "PORT"}

    def nothing_is_off():
        told = subprocess.run(command, cwd=ROOT, env=elsewhere, capture_output=True, text=True, timeout=60, check=False)
        return told.returncode == 0

    _until(nothing_is_off)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "mailbox", "stripe"])
def test_a_process_that_is_killed_comes_back(run, name):
    before = run.pid_of(name)
    os.kill(before, signal.SIGKILL)
    _until(lambda: run.pid_of(name) != before)
    if name == "web":
        _until(lambda: _answers(run))


def test_a_killed_run_leaves_nothing_behind_and_the_next_one_picks_up(run):
    run.kill()
    _until(lambda: not run.processes(), seconds=120)
    started = time.monotonic()
    run.start()
    assert run.get("/")[0] == 200
    assert time.monotonic() - started < 120
    assert "demo school" not in run.said().split("Ctrl-C")[1].lower(), "the demo school is loaded once"


def _answers(run):
    try:
        return run.get("/healthz")[0] == 200
    except OSError:
        return False


def _until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)
