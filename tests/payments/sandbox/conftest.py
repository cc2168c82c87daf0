"""A local Stripe of each test's own, over real HTTP, with every call judged by Stripe's description."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
import stripe

from payments.sandbox.serving import serving
from payments.sandbox.settings import SandboxSettings
from tests import servers
from tests.payments.sandbox.contract import ContractRecorder
from tests.payments.sandbox.driver import SandboxDriver

SECRET = "whsec_of_the_tests"
SCHEMA = f"stripe_sandbox_t{os.getpid()}"


class School:
    """The seller's side of a webhook: takes what comes, answers as told."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        school = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                school.taken.append((body, self.headers["Stripe-Signature"]))
                self.send_response(school.answers.pop(0) if school.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/stripe"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.taken]

    def verified(self, index: int) -> stripe.Event:
        """The delivery as Stripe's client takes it; raises SignatureVerificationError."""
        body, header = self.taken[index]
        event: stripe.Event = stripe.Webhook.construct_event(body, header, SECRET)
        return event

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


@pytest.fixture
def school() -> Iterator[School]:
    made = School()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="session")
def books() -> Iterator[str]:
    """The address of a database where this run's schema lives."""
    url = servers.admin_url()
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


@pytest.fixture
def settings(books: str, school: School) -> SandboxSettings:
    return SandboxSettings(
        database=books,
        port=0,
        schema=SCHEMA,
        webhook_url=school.url,
        webhook_secret=SECRET,
        clears_after=0,
        retry_after=(0.1, 0.1, 0.1),
        poll_every=0.05,
    )


@pytest.fixture
def recorder() -> list[ContractRecorder]:
    return []


@pytest.fixture
def address(settings: SandboxSettings, recorder: list[ContractRecorder]) -> Iterator[str]:
    def watched(app: Any) -> ContractRecorder:
        recorder.append(ContractRecorder(app))
        return recorder[0]

    with serving(settings, watched) as url:
        yield url
        SandboxDriver(url).reset()
    recorder[0].check()


@pytest.fixture
def driver(address: str) -> SandboxDriver:
    return SandboxDriver(address)


@pytest.fixture
def client(address: str) -> stripe.StripeClient:
    return stripe_client(address)


@pytest.fixture
def wrong_on_purpose(address: str, recorder: list[ContractRecorder]) -> Iterator[None]:
    """For tests whose requests are wrong by intent."""
    with recorder[0].looking_away():
        yield


def stripe_client(address: str, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(
        "sk_test_of_the_tests",
        base_addresses={"api": address},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=60),
    )


@pytest.fixture
def session(client: stripe.StripeClient) -> Any:
    return open_session(client)


def open_session(client: stripe.StripeClient, **more: Any) -> Any:
    """A session for one seat at $1,200."""
    price = {"currency": "usd", "unit_amount": 120000, "product_data": {"name": "Foundations of Coaching"}}
    params: dict[str, Any] = {
        "mode": "payment",
        "success_url": "http://127.0.0.1:5000/orders/o1?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:5000/enroll/spring",
        "client_reference_id": "o1",
        "metadata": {"order": "o1"},
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {"metadata": {"order": "o1"}},
    }
    return client.v1.checkout.sessions.create(params={**params, **more})  # type: ignore[arg-type]
