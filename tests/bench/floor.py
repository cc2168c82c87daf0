"""The floor: a bare Flask page that does the same queries as a page of Practicum and answers as many bytes."""

from __future__ import annotations

import os
import pickle
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, Response
from sqlalchemy import create_engine

from tests.bench.recording import Answered, Recording, Renewed


def renewed(old: Any) -> Any:
    """Another value of the same type, length and look, so that no unique index refuses it."""
    if isinstance(old, bytes):
        return secrets.token_bytes(len(old))
    name, at, domain = old.partition("@")
    return (secrets.token_hex(len(name)) + name)[: max(len(name), 8)] + at + domain


def filled(value: Any, rows: list[list[Any]], made: dict[Any, Any]) -> Any:
    """A parameter of this request: a constant, an answer of an earlier statement, or a value made anew once."""
    if isinstance(value, Answered):
        return rows[value.statement][value.row][value.column]
    if isinstance(value, Renewed):
        if value.old not in made:
            made[value.old] = renewed(value.old)
        return made[value.old]
    return value


def create_floor() -> Flask:
    """Made from the recordings that FLOOR_RECORDING names, against the database that FLOOR_DATABASE names."""
    recordings: dict[str, Recording] = pickle.loads(Path(os.environ["FLOOR_RECORDING"]).read_bytes())
    engine = create_engine(os.environ["FLOOR_DATABASE"], pool_size=5, pool_pre_ping=True)
    app = Flask("floor")

    def page(name: str) -> Response:
        told = recordings[name]
        with engine.connect() as connection:
            _replay(connection, told)
            if told.writes:
                connection.commit()
        return Response("x" * told.bytes, mimetype="text/html")

    app.add_url_rule("/<name>", view_func=page, methods=["GET", "POST"])
    return app


def _replay(connection: Any, told: Recording) -> None:
    rows: list[list[Any]] = []
    made: dict[Any, Any] = {}
    for sql, parameters in told.statements:
        given = {k: filled(v, rows, made) for k, v in parameters.items()} if told.writes else parameters
        result = connection.exec_driver_sql(sql, given)
        rows.append(result.fetchall() if result.returns_rows else [])
