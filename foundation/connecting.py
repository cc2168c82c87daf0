"""How connections are used: no question costs a round trip that gives no answer.

SQLAlchemy asks "are you there?" before each use, begins a transaction with the first statement, and rolls it back after
the last: three trips to the server for a page that asks one thing. Here

* whether the server has hung up is asked of our own end of the wire, which costs nothing; the server itself is asked
  only where the connection has rested for a while;
* a transaction begins with the first statement that is not plain reading. At READ COMMITTED each statement sees what is
  committed when it begins, inside a transaction or not, so what is read before is the same; every change, lock and
  savepoint stands in a transaction, as always, and ends with it.

docs/decisions/0056-connections.md has the reasons.
"""

from __future__ import annotations

import os
import re
import select
import time
from collections import deque
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

RESTED = 30.0  # seconds after which the server itself is asked whether it is there
ASKS = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
CHANGES = re.compile(
    r"\b(INSERT|UPDATE|DELETE|MERGE|INTO|FOR\s+(NO\s+KEY\s+|KEY\s+)?(UPDATE|SHARE)|nextval|setval|set_config|pg_\w+)\b",
    re.IGNORECASE,
)


@lru_cache(4000)
def only_reads(sql: str) -> bool:
    """Whether a statement surely changes nothing and locks nothing. A doubt is a no, and costs two round trips."""
    return ASKS.match(sql) is not None and CHANGES.search(sql) is None


def init_connecting(engine: Engine) -> None:
    """The engine is made with `isolation_level="AUTOCOMMIT"`: that is what a connection rests in.

    Its pool leaves it to us to roll back what is given back unfinished: we ask for that only where there is something.
    Each connection begins in UTC, also where the server keeps another zone: the days that we read are days in UTC.
    """
    os.environ["PGTZ"] = "UTC"
    event.listen(engine, "before_cursor_execute", _begin_where_it_changes)
    event.listen(engine, "checkout", _there)
    event.listen(engine, "checkin", _rest)


def _begin_where_it_changes(asked: Any, cursor: Any, sql: str, *_: Any) -> None:
    """psycopg sends BEGIN before the next statement of a connection that does not commit by itself.

    `asked`: None where a statement stands by itself (`foundation.asking`).
    """
    if asked is None:
        return
    connection = cursor.connection
    if connection.autocommit and not (only_reads(sql) and type(cursor).__name__ != "ServerCursor"):
        connection.autocommit = False


def _rest(connection: Any, record: Any) -> None:
    if connection is not None and not connection.closed:
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.rollback()
        if not connection.autocommit:
            connection.autocommit = True
        record.info["rested_since"] = time.monotonic()


def _there(connection: Any, record: Any, _proxy: Any) -> None:
    """Something to read on a connection that asked nothing is mostly a goodbye; then, and after a rest, ask.

    Raises: InvalidatePoolError where the server is gone; the pool then opens another connection.
    """
    since = record.info.get("rested_since")
    if since is not None and not _is_there(connection, since):
        raise InvalidatePoolError


def _is_there(connection: Any, since: float) -> bool:
    """Whether a connection that rests since then is of use still."""
    if time.monotonic() - since < RESTED and not connection.closed and not _has_news(connection):
        return True
    try:
        connection.execute("")
    except Exception:  # whatever the driver says
        return False
    return True


def _has_news(connection: Any) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    return bool(poll.poll(0))


class Aside:
    """A connection beside the pool's, in autocommit, with one cursor for all that is asked over it."""

    def __init__(self, engine: Engine) -> None:
        lent = engine.raw_connection()
        self.connection: psycopg.Connection[Any] = cast(Any, lent.driver_connection)
        lent.detach()
        self.cursor, self.pid = self.connection.cursor(), os.getpid()
        self.rested_since = time.monotonic()

    def is_there(self) -> bool:
        """Also no where a process that was forked off finds its parent's."""
        return self.pid == os.getpid() and _is_there(self.connection, self.rested_since)

    def give_up(self) -> None:
        if self.pid == os.getpid():
            self.connection.close()


class Asides:
    """Those that rest; as many as were ever in use at the same moment."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.resting = engine, deque[Aside]()
        event.listen(engine, "engine_disposed", lambda _engine: self.give_up())

    def take(self) -> Aside:
        try:
            while not (found := self.resting.pop()).is_there():
                found.give_up()
        except IndexError:  # none is left; another thread may have been first
            return Aside(self.engine)
        return found

    def rest(self, aside: Aside) -> None:
        aside.rested_since = time.monotonic()
        self.resting.append(aside)

    def give_up(self) -> None:
        with suppress(IndexError):
            while True:
                self.resting.pop().give_up()
