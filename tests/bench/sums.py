"""Sums of a large ledger: each as the program asks for it, beside the plain SQL of the same sums."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event, select

from tests.bench.many_hours import COHORT, fill

PEOPLE = int(os.environ.get("BENCH_TRAINEES", "10000"))
BY_PERSON = (
    "SELECT user_id, kind, sum(minutes), sum(core_minutes) FROM ledger_entry WHERE user_id = ANY(%s) GROUP BY 1, 2"
)
BY_KIND = "SELECT kind, sum(minutes) FROM ledger_entry GROUP BY 1"
HEAD = f"{'sums':<20} {'Practicum':>9} {'raw SQL':>8} {'ratio':>6} {'same SQL':>9} {'ratio':>6} {'SQL':>4}  index alone"
"""`raw SQL`: minutes by kind in any state. `same SQL`: the program's own statement, sent by the bare driver."""


def fill_school(url: str) -> dict[str, Any]:
    """The large school, and what it took."""
    started = time.perf_counter()
    told = fill(url, people=PEOPLE)
    lines, seconds = told["lines"], time.perf_counter() - started
    print(f"\n{told['people']:,} trainees, {lines:,} lines, written in {seconds:.0f} s")
    return told


def sums_table(app: Flask, url: str, told: dict[str, Any]) -> None:
    """Print each sum beside its SQL: medians of calls that take turns, so that both meet the same weather."""
    from credentials.providing.counting import hours_of
    from credentials.providing.schooling import school_by_kind
    from credentials.summing import totals_of
    from enrollment.models import Cohort, Enrollment
    from foundation.db import db

    print(HEAD)
    with app.app_context(), psycopg.connect(url, autocommit=True) as bare:
        query = select(Enrollment).join(Cohort).where(Cohort.code == told["cohort"])
        enrollments = list(db.session.scalars(query))
        people = [one.user_id for one in enrollments]

        def ask(sql: str, *given: Any) -> Callable[[], Any]:
            return lambda: bare.execute(sql, given or None).fetchall()

        _row("one trainee", 200, lambda: totals_of(told["user_id"]), ask(BY_PERSON, [told["user_id"]]), bare)
        _row(
            f"a cohort of {min(COHORT, len(people))}", 100, lambda: hours_of(enrollments), ask(BY_PERSON, people), bare
        )
        _row("the school by kind", 15, school_by_kind, ask(BY_KIND), bare)
        db.session.rollback()


def _row(name: str, times: int, ours: Callable[[], Any], raw: Callable[[], Any], bare: psycopg.Connection) -> None:
    sent = _sent(ours)
    calls = (ours, raw, lambda: [bare.execute(sql, given).fetchall() for sql, given in sent])
    taken: tuple[list[float], ...] = ([], [], [])
    for _ in range(times):
        for into, call in zip(taken, calls, strict=True):
            started = time.perf_counter()
            call()
            into.append((time.perf_counter() - started) * 1000)
    mine, theirs, same = (statistics.median(one) for one in taken)
    alone = "yes" if all(_reads_no_table(_plan(bare, *one)) for one in sent) else "no"
    figures = f"{mine:>9.2f} {theirs:>8.2f} {mine / theirs:>6.2f} {same:>9.2f} {mine / same:>6.2f} {len(sent):>4}"
    print(f"{name:<20} {figures}  {alone}", flush=True)


def _sent(ours: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The statements it sends, once it has sent them before."""
    from foundation.db import db

    ours()
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        sent.append((sql, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ours()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sent


def _plan(bare: psycopg.Connection, sql: str, given: Any) -> str:
    return "\n".join(row[0] for row in bare.execute(f"EXPLAIN {sql}", given))


def _reads_no_table(plan: str) -> bool:
    others = [line.replace("Index Only Scan", "") for line in plan.splitlines()]
    return not any("Seq Scan" in line or "Heap Scan" in line or "Index Scan" in line for line in others)
