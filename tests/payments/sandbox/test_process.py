"""The local Stripe as a process: it keeps what it knows, and stays out of production."""

import os
import re
import signal
import subprocess
import sys
from typing import Any

import pytest
import requests

from payments.sandbox import create_sandbox
from tests.payments.sandbox.conftest import SCHEMA, SECRET, open_session, stripe_client
from tests.payments.sandbox.driver import SandboxDriver
from tests.servers import ROOT


class Process:
    def __init__(self, books, school):
        environ = os.environ | {
            "STRIPE_SANDBOX_SCHEMA": f"{SCHEMA}_p",
            "STRIPE_SANDBOX_RETRY_AFTER": ",".join(["0.5"] * 20),
            "STRIPE_SANDBOX_WEBHOOK_SECRET": SECRET,
            "STRIPE_SANDBOX_WEBHOOK_TIMEOUT": "1",
        }
        command = [sys.executable, "-m", "payments.sandbox", "--port", "0", "--database", books]
        command += ["--webhook-url", school.url]
        self.process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        ready = re.search(r"http://\S+", self.process.stdout.readline())
        assert ready
        self.address = ready[0]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


@pytest.fixture
def start(books, school):
    started = []

    def begin():
        started.append(Process(books, school))
        return started[-1]

    yield begin
    SandboxDriver(started[-1].address).reset()
    for process in started:
        process.kill()


def test_a_hard_kill_loses_neither_sessions_nor_keys_nor_promised_events(start, school):
    first = start()
    school.answers = [500] * 2
    key: Any = {"idempotency_key": "order:1"}
    made = stripe_client(first.address).v1.customers.create(params={"name": "Ada"}, options=key)
    session = open_session(stripe_client(first.address))
    first.kill()
    second = start()
    client, driver = stripe_client(second.address), SandboxDriver(second.address)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.customers.create(params={"name": "Ada"}, options=key).id == made.id
    driver.wait_for_deliveries(90)
    assert client.v1.events.list({"delivery_success": False}).data == []
    school.verified(-1)


def test_it_ends_at_once_when_asked(start):
    process = start()
    process.process.terminate()
    assert process.process.wait(60) == 0
    start()


def test_it_does_not_start_in_production(settings, monkeypatch):
    monkeypatch.setenv("PRACTICUM_ENV", "production")
    with pytest.raises(SystemExit, match="does not start"):
        create_sandbox(settings)
    command = [sys.executable, "-m", "payments.sandbox", "--port", "0", "--database", settings.database]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 1
    assert "does not start with PRACTICUM_ENV=production" in run.stderr


def test_it_listens_to_this_machine_alone(start):
    assert start().address.startswith("http://127.0.0.1:")


def test_it_imports_nothing_of_the_product():
    code = (
        "import sys, payments.sandbox.__main__;"
        "own = {'app','accounts','community','courseware','credentials','demo','desk','enrollment',"
        "'foundation','mail'};"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & own))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert run.stdout.strip() == "[]"


def test_the_health_address_answers(address):
    assert requests.get(f"{address}/_health", timeout=60).json()["ok"]


def test_the_product_imports_nothing_of_it():
    own = {"sandbox"}
    rooms = ["accounts", "community", "courseware", "credentials", "demo", "desk", "enrollment", "foundation"]
    files = [path for room in [*rooms, "mail", "payments", "tasks"] for path in (ROOT / room).rglob("*.py")]
    product = [path for path in [*files, *ROOT.glob("*.py")] if not own & set(path.relative_to(ROOT).parts)]
    assert len(product) > 50
    assert not [str(path) for path in product if re.search(r"(from|import) payments\.sandbox", path.read_text())]
