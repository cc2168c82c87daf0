"""What a page asks of the database, written down once, so that the floor can ask the same."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from foundation.db import db
from tests.bench.pages import Page


def record_pages(app: Flask, pages: list[Page], target: Path) -> dict[str, Any]:
    """Fetch each page twice (the second time is written down: caches are warm) and keep its statements."""
    told = {page.name: _record(app, page) for page in pages}
    target.write_text(json.dumps(told))
    return told


def _record(app: Flask, page: Page) -> dict[str, Any]:
    seen: list[tuple[str, Any]] = []
    with app.app_context():
        engine = db.engine
    client = app.test_client()
    page.fetch(client)

    def note(_c: Any, _cur: Any, sql: str, parameters: Any, *_: Any) -> None:
        seen.append((sql, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = page.fetch(client)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code in page.statuses, f"{page.name}: {answer.status_code}"
    statements = [[sql, _plain(parameters)] for sql, parameters in seen]
    writes = any(not sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")) for sql, _ in seen)
    return {"bytes": len(answer.data), "statements": statements, "writes": writes}


def _plain(parameters: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in dict(parameters or {}).items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "obj"):
        return json.dumps(value.obj)
    return value
