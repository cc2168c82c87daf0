"""The books of the local Stripe: objects, kept answers, deliveries, switches, in a schema of its own."""

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from payments.sandbox.errors import missing
from payments.sandbox.settings import SandboxSettings

Json = dict[str, Any]
WRITER = 4242
"""Seed of the advisory lock: one change at a time, so that no two calls race each other inside."""

TABLES = """
CREATE TABLE IF NOT EXISTS object (id text PRIMARY KEY, seq bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL, created bigint NOT NULL, body jsonb NOT NULL, private jsonb NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS object_by_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_open_session ON object (created) WHERE body->>'status' = 'open';
CREATE INDEX IF NOT EXISTS object_waiting ON object ((private->>'clears_at')) WHERE private ? 'clears_at';
CREATE INDEX IF NOT EXISTS object_due ON object (((private->>'due_at')::bigint)) WHERE private ? 'due_at';
CREATE TABLE IF NOT EXISTS kept_answer (key text PRIMARY KEY, fingerprint text NOT NULL,
  request_id text NOT NULL, status int NOT NULL, body json NOT NULL, created bigint NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL, event_type text NOT NULL, payload text NOT NULL, state text NOT NULL,
  due_at double precision NOT NULL,
  rank bigint NOT NULL DEFAULT 0, attempts int NOT NULL DEFAULT 0, ignored_answers int NOT NULL DEFAULT 0,
  signing text NOT NULL DEFAULT 'right', answers jsonb NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due_at) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS delivery_by_event ON delivery (event_id);
CREATE TABLE IF NOT EXISTS fault (name text PRIMARY KEY, times int NOT NULL, options jsonb NOT NULL);
CREATE TABLE IF NOT EXISTS clock (single boolean PRIMARY KEY DEFAULT true, ahead bigint NOT NULL);
INSERT INTO clock (single, ahead) VALUES (true, 0) ON CONFLICT DO NOTHING;
"""


class Work:
    """One transaction on the books. `now` is Stripe's time in whole seconds."""

    def __init__(self, conn: psycopg.Connection[Any], settings: SandboxSettings) -> None:
        self.conn = conn
        self.settings = settings
        self.request: Json = {"id": None, "idempotency_key": None}
        self.base_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        self.now = int(time.time()) + int(self.value("SELECT ahead FROM clock") or 0)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.conn.execute(query.encode(), values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        row = self.conn.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    def run(self, query: str, *values: Any) -> int:
        return self.conn.execute(query.encode(), values).rowcount

    def lock_writer(self) -> None:
        self.run("SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), %s))", WRITER)

    def find(self, id_: str) -> Json | None:
        found: Json | None = self.value("SELECT body FROM object WHERE id = %s", id_)
        return found

    def find_all(self, ids: list[str]) -> dict[str, Json]:
        """Those that there are, by their ids."""
        return dict(self.rows("SELECT id, body FROM object WHERE id = ANY(%s)", ids)) if ids else {}

    def get(self, kind: str, id_: str, param: str = "id") -> Json:
        """The object, or Stripe's `resource_missing`."""
        found = self.find(id_)
        if found is None or found["object"] != kind:
            raise missing(kind, id_, param)
        return found

    def add(self, body: Json, **private: Any) -> Json:
        self.run(
            "INSERT INTO object (id, kind, created, body, private) VALUES (%s, %s, %s, %s, %s)",
            *(body["id"], body["object"], body.get("created", self.now), Jsonb(body), Jsonb(private)),
        )
        return body

    def save(self, body: Json) -> Json:
        self.run("UPDATE object SET body = %s WHERE id = %s", Jsonb(body), body["id"])
        return body

    def private(self, id_: str) -> Json:
        """What we know of an object and Stripe would not show."""
        known: Json = self.value("SELECT private FROM object WHERE id = %s", id_) or {}
        return known

    def note(self, id_: str, **facts: Any) -> None:
        self.run("UPDATE object SET private = private || %s WHERE id = %s", Jsonb(facts), id_)

    def forget(self, id_: str, name: str) -> None:
        self.run("UPDATE object SET private = private - %s WHERE id = %s", name, id_)


class Store:
    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.idle: queue.LifoQueue[psycopg.Connection[Any]] = queue.LifoQueue()
        self.address = settings.database.replace("postgresql+psycopg://", "postgresql://", 1)

    @contextmanager
    def work(self, *, writing: bool = False) -> Iterator[Work]:
        """A transaction: kept at the end, undone by an exception."""
        work = self._begun()
        try:
            if writing:
                work.lock_writer()
            yield work
            work.conn.commit()
        except BaseException:
            if not work.conn.broken:
                work.conn.rollback()
            raise
        finally:
            self.idle.put(work.conn)

    def _begun(self) -> Work:
        """Work on an idle connection, or on a new one when there is none that is still alive."""
        while True:
            try:
                return Work(self.idle.get_nowait(), self.settings)
            except queue.Empty:
                options = f"-c search_path={self.settings.schema} -c jit=off"
                return Work(psycopg.connect(self.address, options=options), self.settings)
            except psycopg.OperationalError:
                continue  # the database was restarted since

    def close(self) -> None:
        while not self.idle.empty():
            self.idle.get_nowait().close()

    def prepare(self, patience: float = 30.0) -> None:
        """Make the schema and its tables, if they aren't there; wait for a database that is just starting."""
        until = time.monotonic() + patience
        while True:
            try:
                self._create_tables()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)

    def _create_tables(self) -> None:
        schema = sql.Identifier(self.settings.schema)
        with psycopg.connect(self.address) as conn:
            conn.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER,))
            conn.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
            conn.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
            conn.execute(TABLES)

    def empty(self) -> None:
        """Forget everything; for tests."""
        with self.work(writing=True) as work:
            work.run("TRUNCATE object, kept_answer, delivery, fault")
            work.run("UPDATE clock SET ahead = 0")
