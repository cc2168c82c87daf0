"""Real processes, really killed: what the outbox promises when something dies in the middle."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from foundation.db import db
from mail.delivering import LEASE
from mail.models import Letter, LetterState

ADDRESS = "mona@example.com"
ROOT = Path(__file__).resolve().parents[2]
WORKER = """
    import sys
    from app import create_app
    from foundation.config import Settings
    from foundation.db import db
    from tasks.mail import deliver_due_letters
    from mail import settling

    given = dict(database_url=sys.argv[1], redis_url="redis://127.0.0.1:1/0", smtp_url=sys.argv[2], var=sys.argv[3])
    app = create_app(Settings(env="test", log_level="ERROR", **given))
    if sys.argv[4] == "hang-before-commit":
        def hang(*_, **__):
            print("the mail server said 250", flush=True)
            import time
            time.sleep(600)
        settling.settle = hang
    with app.app_context():
        deliver_due_letters.run()
    print("done", flush=True)
"""


def worker(app, how):
    """A delivery process of its own, on the same database and mail server."""
    settings = app.config["SETTINGS"]
    given = [settings.database_url, settings.smtp_url, settings.var, how]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WORKER), *given], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_a_worker_killed_between_the_mail_server_s_answer_and_its_commit_costs_one_copy_at_most(school, app, mailbox):
    letter = school.letter(ADDRESS)
    process = worker(app, "hang-before-commit")
    assert "250" in process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    mailbox.deliver()
    assert len(mailbox.letters) == 1, "nobody else takes it while the lease lasts"
    with time_machine.travel(school.now() + LEASE * 1.5, tick=True):
        mailbox.deliver()
        mailbox.deliver()
    assert [sent["Message-ID"] for sent in mailbox.letters] == [letter.message_id] * 2
    assert mailbox.raw[0][1] == mailbox.raw[1][1], "the second copy is the first one, byte for byte"
    with app.app_context():
        (row,) = db.session.scalars(select(Letter)).all()
        assert (row.state, row.attempts) == (LetterState.SENT, 2)


@pytest.mark.slow
def test_two_delivery_processes_at_once_send_each_letter_once(school, app, mailbox):
    for number in range(30):
        school.letter(f"reader{number}@example.com")
    processes = [worker(app, "normal") for _ in range(2)]
    for process in processes:
        assert "done" in process.communicate(timeout=300)[0]
    sent = [to[0] for to, _ in mailbox.raw]
    assert len(sent) == len(set(sent)) == 30


VISITOR = """
    import re, sys, tempfile, time
    from pathlib import Path
    from app import create_app
    from foundation.config import Settings
    from foundation.embedded import start_valkey, stop_valkey

    var = Path(tempfile.mkdtemp())
    given = dict(database_url=sys.argv[1], smtp_url=sys.argv[2], var=sys.argv[3], redis_url=start_valkey(var))
    app = create_app(Settings(env="test", log_level="ERROR", **given))
    client = app.test_client()
    page = client.get("/guide").text
    typed = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf_token", "opened")}
    time.sleep(2.1)
    stop_valkey(var)
    began = time.monotonic()
    answer = client.post("/guide", data=typed | {"name": "Mona", "email": "mona@example.com", "where": "page"})
    print(answer.status_code, time.monotonic() - began, flush=True)
"""


@pytest.mark.slow
def test_the_visitor_notices_nothing_when_valkey_is_stopped_and_the_sweep_sends_the_letter(app, mailbox):
    settings = app.config["SETTINGS"]
    given = [settings.database_url, settings.smtp_url, settings.var]
    command = [sys.executable, "-c", textwrap.dedent(VISITOR), *given]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True).stdout
    status, seconds = told.splitlines()[-1].split()
    assert status == "303"
    assert float(seconds) < 10, f"the visitor waited {seconds} s"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 1
        from tasks.mail import sweep_letters

        sweep_letters.run()
    assert len(mailbox.to(ADDRESS)) == 1


def test_a_rolled_back_promise_sends_nothing(school, app, mailbox):
    from mail.promising import promise_letter

    with app.app_context():
        promise_letter("account.reset_notice", to=ADDRESS, facts={"name": "M"}, dedupe="x", at=school.now())
        db.session.rollback()
    mailbox.deliver()
    assert mailbox.letters == []


def test_a_mail_server_that_says_nothing_is_given_up_after_its_time(app):
    from email.message import EmailMessage

    from mail.gateway import Fate, hand_over

    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        began = time.monotonic()
        outcome = hand_over(EmailMessage(), ADDRESS, f"smtp://127.0.0.1:{mute.getsockname()[1]}", seconds=0.4)
    assert outcome.fate == Fate.LATER
    assert time.monotonic() - began < 12


def test_the_wrong_password_is_told_from_a_refused_letter(app):
    from email.message import EmailMessage

    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    from mail.gateway import Fate, hand_over

    keeper = Controller(
        object(),
        hostname="127.0.0.1",
        port=_free_port(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    keeper.start()
    try:
        outcome = hand_over(EmailMessage(), ADDRESS, f"smtp://us:wrong@127.0.0.1:{keeper.port}")
    finally:
        keeper.stop()
    assert (outcome.fate, outcome.code) == (Fate.LOCKED_OUT, 535)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
