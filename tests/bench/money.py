"""What money costs: settling what Stripe tells, and reconciling many orders. Stripe is the local one, over HTTP."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Column, Table, create_engine, select, text

from foundation.clock import now
from foundation.config import LOCAL_WEBHOOK_SECRET
from foundation.db import db
from tests.bench.load import free_port
from tests.makers import School
from tests.payments.sandbox.driver import SandboxDriver

PURCHASES = 60
ORDERS = int(os.environ.get("BENCH_ORDERS", "10000"))
EACH = 200
STEP = 1_000_000
COPIED = ("user", "seat", "enrollment", "enrollment_order", "order_terms", "checkout_attempt", "order_due", "payment")
COPIED += ("money_entry", "receipt")
NAMES = {"public_id", "email", "fs_uniquifier", "session_id", "idempotency_key", "payment_intent_id", "charge_id"}
NAMES |= {"stripe_id", "number", "customer_id"}


def money_table(url: str, settings: Callable[..., Any]) -> None:
    """Print it. `settings` makes the application's settings from what differs."""
    from app import create_app

    port = free_port()
    app = create_app(settings(database_url=url, stripe_api_base=f"http://127.0.0.1:{port}"))
    with _local_stripe(url, port) as stripe:
        orders = _purchases(app, stripe)
        print(f"\n{'money':<44} {'p50 ms':>8} {'p99 ms':>8}")
        _settling(app)
        _reconciling(app, url, orders[0])
    with app.app_context():
        db.engine.dispose()


@contextmanager
def _local_stripe(url: str, port: int) -> Iterator[SandboxDriver]:
    from payments.sandbox.serving import serving
    from payments.sandbox.settings import SandboxSettings

    told = SandboxSettings(database=url, port=port, webhook_secret=LOCAL_WEBHOOK_SECRET, clears_after=0)
    with serving(told) as address:
        yield SandboxDriver(address)


def _purchases(app: Flask, stripe: SandboxDriver) -> list[int]:
    """Paid sessions whose news is in the inbox and not yet handled."""
    from payments import gateway, ordering, receiving
    from payments.models import CheckoutAttempt

    school, made = School(app), []
    cohort = school.cohort(seats=PURCHASES)
    for number in range(PURCHASES):
        order_id = school.order(school.user(f"Buyer {number}"), cohort).id
        with app.app_context():
            attempt = db.session.scalars(select(CheckoutAttempt).where(CheckoutAttempt.order_id == order_id)).one()
            session = gateway.create_session(attempt.params, key=attempt.idempotency_key)
            ordering.answered(attempt.id, session, at=now())
            db.session.commit()
            stripe.pay(session["url"])
            about = {"id": session["id"], "object": "checkout.session"}
            receiving.store(_event(number, about), at=now())
            db.session.commit()
        made.append(order_id)
    return made


def _event(number: int, about: dict[str, Any]) -> dict[str, Any]:
    head = {"id": f"evt_{number}", "object": "event", "type": "checkout.session.completed", "livemode": False}
    return head | {"created": int(time.time()), "data": {"object": about}}


def _settling(app: Flask) -> None:
    from payments import gateway
    from payments.models import CheckoutAttempt
    from tasks.payments import handle_next_event

    with app.app_context():
        sessions = list(db.session.scalars(select(CheckoutAttempt.session_id)))
        db.session.rollback()
        asked = [_timed(lambda s=session: gateway.retrieve_session(str(s))) for session in sessions]
        settled = [_timed(handle_next_event) for _ in sessions]
    _row("one event settled (let in, receipt, letters)", settled)
    _row("  of it Stripe's answer: the session alone", asked)


def _reconciling(app: Flask, url: str, order_id: int) -> None:
    from payments import comparing, reconciling

    with app.app_context():
        _copies(url, order_id, ORDERS)
        whole = select(text("id")).select_from(text("enrollment_order")).order_by(text("id"))
        ids = list(db.session.scalars(whole))
        raw = _timed(lambda: [db.session.execute(text(sql)).all() for sql in RAW])
        compared = _timed(lambda: list(comparing.differences()))
        db.session.rollback()
        all_of_them, moved = _reconciled(reconciling.check_all(ids, at=now()))
        few = ids[:: len(ids) // EACH + 1]
        one_by_one, _ = _reconciled(reconciling.check_each(few, at=now()))
    print(
        f"{len(ids):,} orders, records compared: {compared * 1000:,.0f} ms (the raw sums alone: {raw * 1000:,.0f} ms)"
    )
    print(f"{len(ids):,} orders, held against Stripe: {all_of_them:,.1f} s, {len(ids) / all_of_them:,.0f} a second")
    print(f"  {len(few)} of them, each asked about by itself: {len(few) / one_by_one:,.0f} a second")
    print(f"  differences found: {moved}")


def _reconciled(outcomes: Iterator[Any]) -> tuple[float, int]:
    """Seconds, and for how many there was something to say."""
    started, moved = time.perf_counter(), 0
    for outcome in outcomes:
        db.session.commit()
        moved += bool(outcome.reason) or outcome.is_mended
    return time.perf_counter() - started, moved


RAW = (
    "SELECT order_id, sum(cents) FROM money_entry WHERE kind = 'charge' GROUP BY order_id",
    "SELECT order_id, sum(cents) FROM payment GROUP BY order_id",
    "SELECT order_id, sum(cents) FROM order_due WHERE state = 'paid' GROUP BY order_id",
    "SELECT ref FROM seat WHERE state = 'taken'",
    "SELECT id, state, enrollment_id FROM enrollment_order",
)


def _timed(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _row(name: str, taken: list[float]) -> None:
    cuts = statistics.quantiles(taken, n=100)
    print(f"{name:<44} {cuts[49] * 1000:>8.1f} {cuts[98] * 1000:>8.1f}")


def _copies(url: str, order_id: int, wanted: int) -> None:
    """A paid order many times over, in our books and in Stripe's, each with ids of its own."""
    engine = create_engine(url)
    with engine.begin() as connection:
        one = connection.execute(text(ROWS), {"order": order_id}).mappings().one()
        for name in COPIED:
            table = db.metadata.tables[name]
            connection.execute(text(_copy(table)), {"wanted": wanted, "step": STEP} | dict(one))
        ids = list(connection.scalars(text(OBJECTS), dict(one)))
        body = "body::text"
        for id_ in [*ids, one["public_id"]]:
            body = f"replace({body}, '{id_}', {_renamed(repr(str(id_)))})"
        connection.execute(
            text(
                "INSERT INTO stripe_sandbox.object (id, kind, created, body, private)"
                f" SELECT {_renamed('id')}, kind, created, ({body})::jsonb, private"
                " FROM stripe_sandbox.object, generate_series(1, CAST(:wanted AS bigint)) AS k WHERE id = ANY(:ids)"
            ),
            {"wanted": wanted, "ids": ids},
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


ROWS = """
SELECT o.id AS order_id, o.user_id, o.public_id, o.enrollment_id, e.seat_id, a.session_id, o.payment_intent_id,
  p.charge_id
FROM enrollment_order o JOIN enrollment e ON e.id = o.enrollment_id JOIN checkout_attempt a ON a.order_id = o.id
JOIN payment p ON p.order_id = o.id WHERE o.id = :order
"""
OBJECTS = """
SELECT id FROM stripe_sandbox.object WHERE kind <> 'event' AND (id IN (:session_id, :payment_intent_id, :charge_id)
  OR (kind = 'balance_transaction' AND body->>'source' = :charge_id))
"""
WHERE = {"user": "id = :user_id", "seat": "id = :seat_id", "enrollment": "id = :enrollment_id"}
WHERE |= {"enrollment_order": "id = :order_id"}


def _copy(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(table, column) for column in table.columns)
    where = WHERE.get(table.name, "order_id = :order_id")
    rows = f'SELECT {values} FROM "{table.name}", generate_series(1, CAST(:wanted AS bigint)) AS k WHERE {where}'
    return f'INSERT INTO "{table.name}" ({columns}) {rows}'


def _value(table: Table, column: Column[Any]) -> str:
    name = f'"{column.name}"'
    targets = {key.column.table.name for key in column.foreign_keys}
    if targets & set(COPIED) or (column.primary_key and not targets and column.type.python_type is int):
        return f"{name} + k * :step"
    if table.name == "seat" and column.name == "ref":
        return "'order:' || (:order_id + k * :step)"
    if column.name == "serial":
        return f"{name} + {PURCHASES} + k"
    return _renamed(name) if column.name in NAMES and column.type.python_type is str else name


def _renamed(value: str) -> str:
    """The k-th copy's name in SQL: as long as the first one's, its end a number."""
    return f"left({value}, -6) || lpad(k::text, 6, '0')"
