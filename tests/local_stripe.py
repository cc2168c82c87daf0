"""The local Stripe beside the suite: over real HTTP, each call judged by Stripe's own description, webhooks delivered
to the application over real HTTP too. It starts with the first test that asks for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from foundation.config import LOCAL_WEBHOOK_SECRET
from tests import turning
from tests.payments.sandbox.contract import ContractRecorder
from tests.payments.sandbox.driver import SandboxDriver


class _Silent(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        return


class LocalStripe(SandboxDriver):
    """Buyers, banks and Stripe's own levers; `recorder` judges what the application says to Stripe."""

    recorder: ContractRecorder

    def heard(self, type_: str | None = None) -> list[dict[str, Any]]:
        """Waits until every event has been delivered; those of a type, oldest first."""
        self.wait_for_deliveries()
        return self.deliveries(type_)


@pytest.fixture(scope="session")
def _kept_port() -> Iterator[socket.socket]:
    """A port that nobody else takes before the local Stripe does."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield kept


@pytest.fixture(scope="session")
def stripe_port(_kept_port: socket.socket) -> int:
    """Where the local Stripe will be found, if a test starts it."""
    return int(_kept_port.getsockname()[1])


@pytest.fixture(scope="session")
def website(app: Flask) -> Iterator[str]:
    """The application on a port of its own, for what reaches it from outside."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=60)
    server.server_close()


@pytest.fixture(scope="session")
def _stripe_server(
    database_url: str, stripe_port: int, _kept_port: socket.socket, website: str
) -> Iterator[LocalStripe]:
    from payments.sandbox.serving import serving
    from payments.sandbox.settings import SandboxSettings

    recorders: list[ContractRecorder] = []

    def watched(application: Any) -> ContractRecorder:
        recorders.append(ContractRecorder(application))
        return recorders[0]

    settings = SandboxSettings(
        database=database_url,
        port=stripe_port,
        webhook_url=f"{website}/webhooks/stripe",
        webhook_secret=LOCAL_WEBHOOK_SECRET,
        clears_after=0,
        retry_after=(0.1, 0.2, 0.4),
        poll_every=0.05,
    )
    _kept_port.close()
    with serving(settings, watched) as address:
        made = LocalStripe(address)
        made.recorder = recorders[0]
        turning.STARTED.append(made)
        yield made
        turning.STARTED.remove(made)


@pytest.fixture
def local_stripe(_stripe_server: LocalStripe) -> Iterator[LocalStripe]:
    """Fresh books for each test, and at its end the word of Stripe's description on every call.

    They are emptied at once: what is left would go on being billed while a later test turns the clock.
    """
    _stripe_server.recorder.breaches.clear()
    yield _stripe_server
    try:
        _stripe_server.no_faults()
        _stripe_server.wait_for_deliveries()
        _stripe_server.recorder.check()
    finally:
        _stripe_server.reset()


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """What the worker does about Stripe's events, run here: says how many were handled."""

    def run() -> int:
        from tasks.payments import handle_stripe_events

        with app.app_context():
            return int(handle_stripe_events.run())

    return run
