"""Asking the database for plain rows. An entity costs as much again as its statement; what only shows needs none.

A statement that is built once (a `@cache`d function gives it) is also prepared once: SQLAlchemy says what its SQL is
and how values go in and out, and from then on the driver is asked directly. SQLAlchemy's own way from a statement to
rows costs three times what the driver takes; docs/decisions/0057-questions.md.

Where the session has a connection, it is asked over that one, inside its transaction, and what the session holds and
has not written yet is written first, as it is before entities are read. Where it has none, there is nothing to be
inside of: the statement goes over a connection that rests in autocommit, and no session is begun for it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from flask import Flask, current_app, g
from sqlalchemy import Connection, Enum, Executable, Row, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.sql.compiler import SQLCompiler

from foundation.connecting import Aside, Asides, only_reads
from foundation.db import db

Plain = Sequence[Row[*tuple[Any, ...]]]
Turn = Callable[[Any], Any]
CONNECTION = "connection"
"""In `Session.info`: the connection of the session's transaction, while it has one."""
CURSOR = "cursor"
"""There too: one cursor for all that is asked over it."""


class Question:
    """A statement as the driver takes it, and how its values are turned on the way in and out."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self.only_reads = only_reads(compiled.string)
        self.sql, self.columns, self.dialect = compiled.string, compiled._result_columns, compiled.dialect
        turns: Mapping[str, Any] = compiled._bind_processors
        named = {bind.key: name for bind, name in compiled.bind_names.items() if not bind.unique}
        self.names = {key: (name, turns.get(name)) for key, name in named.items()}
        self.wanted = {bind.key for bind in compiled.bind_names if bind.required}
        constants = compiled.construct_params(dict.fromkeys(self.wanted))
        self.constants = {n: turns[n](v) if n in turns else v for n, v in constants.items()}
        self.row = partial(tuple.__new__, _kind_of_row([column.keyname for column in self.columns]))
        self.turns: list[tuple[int, Turn]] | None = None

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the driver is to put in. Raises KeyError where a value is missing."""
        if not self.wanted <= values.keys():
            raise KeyError(f"{self.wanted - values.keys()} of {self.sql}")
        if not self.only_reads and values.keys() - self.names.keys():
            raise KeyError(f"{values.keys() - self.names.keys()} in {self.sql}")
        known = [(*self.names[key], value) for key, value in values.items() if key in self.names]
        return self.constants | {name: turn(value) if turn else value for name, turn, value in known}

    def read(self, cursor: Any) -> Plain:
        """The rows. What the driver gives is turned where a column's type wants it (the words of an enum)."""
        found: list[Any] = cursor.fetchall()
        turns = self._turns(cursor.description) if self.turns is None else self.turns
        if turns and found:
            columns: list[Any] = list(zip(*found, strict=True))
            for place, turn in turns:
                columns[place] = map(turn, columns[place])
            found = list(zip(*columns, strict=True))
        return list(map(self.row, found))

    def _turns(self, told: Sequence[Any]) -> list[tuple[int, Turn]]:
        pairs = enumerate(zip(self.columns, told, strict=True))
        turns = [(place, self._turn(column.type, one.type_code)) for place, (column, one) in pairs]
        self.turns = [(place, turn) for place, turn in turns if turn]
        return self.turns

    def _turn(self, kind: Any, code: int) -> Turn | None:
        if isinstance(kind, Enum) and kind.enum_class is not None:
            words: dict[str | None, Any] = {None: None}
            return (words | dict(zip(kind.enums, kind.enum_class.__members__.values(), strict=True))).__getitem__
        turn: Turn | None = kind._cached_result_processor(self.dialect, code)
        return turn


def _kind_of_row(names: Sequence[str]) -> Any:
    return namedtuple("Plain", names, rename=True)


SEEN_ONCE = object()
QUESTIONS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""statement -> Question; SEEN_ONCE, which a statement that is built anew each time stays; None: SQLAlchemy's own way"""


def rows(query: Executable, given: Mapping[str, Any] | None = None) -> Plain:
    """Every row. `given`: the values of the statement's parameters, or of the columns that an INSERT fills."""
    values, question = given or {}, QUESTIONS.get(query, query)
    if question is SEEN_ONCE:
        question = QUESTIONS[query] = _question(query, values)
    elif question is query:
        QUESTIONS[query], question = SEEN_ONCE, None
    inside = _connection_of_session(begin=question is None or not question.only_reads)
    if question is None:
        return list(inside.execute(query, given).all())
    if inside is not None:
        return _answer(question, question.given(values), inside)
    with suppress(psycopg.Error):
        return _answer_aside(question, question.given(values))
    return _answer(question, question.given(values), db.session().connection())


def at_once(query: Executable, given: Mapping[str, Any]) -> Plain:
    """One statement that is a transaction by itself: what it writes stays written when this returns.

    For a view that has one thing to write, in place of the session's begin and commit. The statement must be one that
    `rows` would prepare. Raises RuntimeError inside a transaction of the session's, DBAPIError where it fails.
    """
    if _connection_of_session(begin=False) is not None:
        raise RuntimeError("this would stand beside the session's transaction, not in it")
    question = QUESTIONS.get(query, SEEN_ONCE)
    if question is SEEN_ONCE:
        question = QUESTIONS[query] = _question(query, given)
    try:
        return _answer_aside(question, question.given(given))
    except psycopg.Error as error:
        raise DBAPIError.instance(question.sql, None, error, psycopg.Error, hide_parameters=True) from error


def _connection_of_session(*, begin: bool) -> Any:
    """The connection that the session has; None where it has none and shall not begin. What waits is written first."""
    if not begin and not db.session.registry.has():
        return None
    session = db.session()
    if not session._is_clean():
        session.flush()
    return session.info.get(CONNECTION) or (session.connection() if begin else None)


def _question(query: Any, values: Mapping[str, Any]) -> Question | None:
    """None where the SQL depends on the values (a list for IN), or where SQLAlchemy has more to do than to ask."""
    into = list(values) if query.is_insert else None
    compiled = query.compile(dialect=db.engine.dialect, column_keys=into)
    differs = compiled.post_compile_params or compiled.literal_execute_params
    works_out = compiled.isupdate or compiled.isdelete or compiled.insert_prefetch or not compiled._result_columns
    return None if differs or works_out else Question(compiled)


def _answer(question: Question, values: dict[str, Any], connection: Connection) -> Plain:
    """The rows, asked inside the session's transaction; what changes something begins it (`foundation.connecting`)."""
    told = db.session().info
    cursor = told.get(CURSOR)
    if cursor is None:
        cursor = told[CURSOR] = connection.connection.cursor()
    try:
        return _ask(question, values, cursor, connection)
    except psycopg.Error as error:
        connection._handle_dbapi_exception(error, question.sql, values, told.pop(CURSOR), None)
        raise


def _answer_aside(question: Question, values: dict[str, Any]) -> Plain:
    """The rows, asked outside of every transaction: each statement stands by itself. Whoever listens is told so by
    None in place of a connection of SQLAlchemy's. A connection that brings a fault is given up.
    """
    if "aside" not in g:
        g.aside = current_app.extensions["asides"].take()
    aside: Aside = g.aside
    try:
        return _ask(question, values, aside.cursor, None)
    except psycopg.Error:
        g.pop("aside").give_up()
        raise


def _ask(question: Question, values: dict[str, Any], cursor: Any, connection: Connection | None) -> Plain:
    """Whoever listens to the engine's statements hears this one as well."""
    heard: Any = (connection or db.engine).dispatch
    for hear in heard.before_cursor_execute:
        hear(connection, cursor, question.sql, values, None, False)
    cursor.execute(question.sql, values)
    for hear in heard.after_cursor_execute:
        hear(connection, cursor, question.sql, values, None, False)
    return question.read(cursor)


def _leave(_fault: BaseException | None = None) -> None:
    if "aside" in g:
        current_app.extensions["asides"].rest(g.pop("aside"))


def init_asking(app: Flask) -> None:
    with app.app_context():
        app.extensions["asides"] = Asides(db.engine)
    app.teardown_appcontext(_leave)


@event.listens_for(db.session, "after_begin")
def _has_connection(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """From here on there may be something that others don't see yet. One connection is enough for a request."""
    session.info[CONNECTION] = connection
    _leave()


@event.listens_for(db.session, "after_transaction_end")
def _has_none(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(CONNECTION, None)
        session.info.pop(CURSOR, None)


def row(query: Executable, given: Mapping[str, Any] | None = None) -> Row[*tuple[Any, ...]] | None:
    """The first row, or nothing."""
    found = rows(query, given)
    return found[0] if found else None
