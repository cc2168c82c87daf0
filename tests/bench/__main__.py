"""`make bench`: the tables. Figures are of this machine and this run; what counts is the ratio to the floor.

BENCH_REQUESTS: requests a page (0: only the large school). BENCH_TRAINEES: the size of the large school (0: none).
BENCH_FLOOD: seconds for each line of the flood (0: none).
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from flask import Flask

from foundation.config import Settings
from tests import servers
from tests.bench.changing import changes_table
from tests.bench.flood import FLOOD, flood_table
from tests.bench.load import Measure, measure, serve
from tests.bench.money import money_table
from tests.bench.pages import Page, large_pages, pages
from tests.bench.recording import Recording, record_pages
from tests.bench.sums import PEOPLE, fill_school, sums_table
from tests.bench.visiting import first_visit

NUMBER = int(os.environ.get("BENCH_REQUESTS", "400"))
HEAD = f"{'page':<14} {'':<9} {'req/s':>7} {'p50 ms':>7} {'p99 ms':>7} {'CPU ms':>7} {'SQL':>4} {'ratio':>6}"
HEAD += f" {'bytes':>8} {'requests':>8}"


def main() -> int:
    from app import create_app
    from demo.loading import load_demo
    from foundation.db import db

    url = servers.own_database()
    chosen = Settings(env="test", database_url=url, redis_url=servers.valkey(), var=str(servers.VAR), log_level="ERROR")
    app = create_app(chosen)
    with app.app_context():
        load_demo(say=lambda line: print(line, file=sys.stderr))
    environment = os.environ | {
        "PRACTICUM_ENV": "test",
        "DATABASE_URL": url,
        "REDIS_URL": chosen.redis_url,
        "PRACTICUM_VAR": chosen.var,
        "PRACTICUM_LOG_LEVEL": "ERROR",
        "FLOOR_DATABASE": app.config["SQLALCHEMY_DATABASE_URI"],
    }
    if NUMBER:
        _measured(app, pages(app), environment, NUMBER)
    if FLOOD:
        flood_table(environment)
    if PEOPLE:
        told = fill_school(url)
        sums_table(app, url, told)
        print()
        _measured(app, large_pages(app, told), environment, max(NUMBER // 4, 40))
        print()
        changes_table(app, large_pages(app, told), told)
    with app.app_context():
        db.engine.dispose()
    servers.drop(url)
    money = servers.own_database()
    money_table(money, partial(Settings, env="test", redis_url=chosen.redis_url, var=chosen.var, log_level="ERROR"))
    servers.drop(money)
    return 0


def _measured(app: Flask, measured: list[Page], environment: dict[str, str], number: int) -> None:
    from foundation.db import db

    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "recording"
        told = record_pages(app, measured, recording)
        with app.app_context():
            db.engine.dispose()
        _tables(measured, told, environment | {"FLOOR_RECORDING": str(recording)}, number)


def _tables(measured: list[Page], told: dict[str, Recording], environment: dict[str, str], number: int) -> None:
    ours, base = serve("tests.bench.served:create", environment)
    floor, floor_base = serve("tests.bench.floor:create_floor", environment)
    print(HEAD)
    try:
        for page in measured:
            good = set(page.statuses)
            ours_took = measure(ours, base, page.request, number=number, good=good)
            bare = lambda i, p=page: (p.request(i)[0], "/" + p.name.replace(" ", "%20"), {}, p.request(i)[3])  # noqa: E731
            floor_took = measure(floor, floor_base, bare, number=number, good={200})
            visit = first_visit(base, page.path, page.cookie) if page.body is None else None
            _rows(page.name, ours_took, floor_took, len(told[page.name].statements), visit)
    finally:
        for server in (ours, floor):
            server.terminate()
            server.wait(10)


def _rows(name: str, ours: Measure, floor: Measure, statements: int, visit: tuple[int, int] | None) -> None:
    ratio = f"{ours.cpu / floor.cpu:.2f}"
    size, asked = (f"{visit[0]:,}", str(visit[1])) if visit else ("", "")
    failed = f"  {ours.failures} failed" if ours.failures else ""
    print(f"{name:<14} {'Practicum':<9} {_figures(ours)} {statements:>4} {ratio:>6} {size:>8} {asked:>8}{failed}")
    failed = f"  {floor.failures} failed" if floor.failures else ""
    print(f"{'':<14} {'floor':<9} {_figures(floor)} {statements:>4}{failed}", flush=True)


def _figures(m: Measure) -> str:
    return f"{m.per_second:>7.0f} {m.p50:>7.1f} {m.p99:>7.1f} {m.cpu:>7.2f}"


if __name__ == "__main__":
    sys.exit(main())
