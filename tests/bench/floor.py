"""The floor: a bare Flask page that does the same queries as a page of Practicum and answers as many bytes."""

from __future__ import annotations

import json
import os
import re
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response
from sqlalchemy import create_engine

A_TIME = re.compile(r"\d{4}-\d\d-\d\d")


def renewed(value: Any) -> Any:
    """A parameter of a write, made new where a unique index would refuse the old one."""
    if not isinstance(value, str) or value.startswith("{") or A_TIME.match(value):
        return value
    if len(value) > 20 or "@" in value or ":" in value:
        return secrets.token_hex(8) + value[:8] if "@" not in value else f"{secrets.token_hex(8)}@example.com"
    return value


def create_floor() -> Flask:
    """Made from the recording that FLOOR_RECORDING names: {name: {"bytes": n, "statements": [[sql, parameters]]}}."""
    recording = json.loads(Path(os.environ["FLOOR_RECORDING"]).read_text())
    engine = create_engine(os.environ["FLOOR_DATABASE"], pool_size=5, pool_pre_ping=True)
    app = Flask("floor")

    def page(name: str) -> Response:
        told = recording[name]
        with engine.connect() as connection:
            for sql, parameters in told["statements"]:
                writes = not sql.lstrip().upper().startswith("SELECT")
                given = {k: renewed(v) for k, v in parameters.items()} if writes else parameters
                result = connection.exec_driver_sql(sql, given)
                if result.returns_rows:
                    result.fetchall()
            if told["writes"]:
                connection.commit()
        return Response("x" * told["bytes"], mimetype="text/html")

    app.add_url_rule("/<name>", view_func=page, methods=["GET", "POST"])
    return app
