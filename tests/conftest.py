"""What every test may use: the application on real servers, a client that inspects, makers, a mailbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import event
from xdist.scheduler import LoadScopeScheduling

from tests import servers
from tests.inspecting import InspectingClient
from tests.local_stripe import (  # noqa: F401 (fixtures)
    _kept_port,
    _stripe_server,
    local_stripe,
    stripe_port,
    website,
    work,
)
from tests.makers import School
from tests.post_office import Mailbox

UNHURRIED = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
hypothesis.settings.register_profile("practicum", deadline=None, suppress_health_check=UNHURRIED)
hypothesis.settings.load_profile("practicum")
"""A busy machine is slow, not wrong: time decides nothing here. A test that names checks of its own names these too."""


TOGETHER = ("tests/browser/", "tests/journeys/test_make_run.py")
"""What stands on one `make run`, which takes longer to start than most of its tests take."""


class Sharing(LoadScopeScheduling):
    """Every test by itself to the worker that is free, but for those that share what is slow to start."""

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    return Sharing(config, log)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    url = servers.own_database()
    yield url
    servers.drop(url)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="session")
def app(database_url: str, mail_server: Mailbox, stripe_port: int) -> Flask:  # noqa: F811
    from app import create_app
    from foundation.config import Settings
    from foundation.limits import limiter

    chosen = Settings(
        env="test",
        database_url=database_url,
        redis_url=servers.valkey(),
        smtp_url=mail_server.url,
        stripe_api_base=f"http://127.0.0.1:{stripe_port}",
        var=str(servers.VAR),
        log_level="ERROR",
    )
    made = create_app(chosen)
    made.test_client_class = InspectingClient
    limiter.enabled = False
    return made


@pytest.fixture(scope="session")
def emptying() -> str:
    """SQL that leaves no row in any table and counts ids from 1 again.

    TRUNCATE makes new files for each of a hundred tables, which takes longer than most tests; nearly all are empty.
    """
    from foundation.db import Base

    deletes = "; ".join(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables)
    counters = "format('%I.%I', schemaname, sequencename)::regclass"
    used = "FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    return f"""BEGIN; SET LOCAL session_replication_role = replica; {deletes};
        SELECT setval({counters}, 1, false) {used}; COMMIT"""


@pytest.fixture(autouse=True)
def emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test that used the application, no table holds a row and no letter lies in the mailbox."""
    yield
    if "app" not in request.fixturenames:
        return
    app: Flask = request.getfixturevalue("app")
    from foundation.db import db

    with app.app_context(), db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(request.getfixturevalue("emptying"))


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    made = app.test_client()
    assert isinstance(made, InspectingClient)
    return made


@pytest.fixture
def context(app: Flask) -> Iterator[Any]:
    """An application context for tests of domain functions (never round a client's calls)."""
    from foundation.db import db

    with app.app_context():
        yield db.session


@pytest.fixture
def school(app: Flask) -> School:
    return School(app)


@pytest.fixture
def mailbox(mail_server: Mailbox, app: Flask) -> Mailbox:
    mail_server.clear()
    mail_server.app = app
    return mail_server


@dataclass
class Statements:
    """SQL statements that were sent while one looked."""

    sent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.sent)


@pytest.fixture
def queries(app: Flask) -> Any:
    """`with queries() as q:` counts the SQL statements of the test's own thread; webhooks come in on others."""
    from foundation.db import db

    here = threading.get_ident()

    @contextmanager
    def counting() -> Iterator[Statements]:
        seen = Statements()

        def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
            if threading.get_ident() == here:
                seen.sent.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
