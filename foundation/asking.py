"""Asking the database for plain rows. An entity costs as much again as its statement; what only shows needs none.

The statement goes over the session's own connection, inside its transaction, and what the session holds and has not
written yet is written first, as it is before entities are read.

A statement that is built once (a `@cache`d function gives it) is also prepared once: SQLAlchemy says what its SQL is
and how values go in and out, and from then on the driver is asked directly. SQLAlchemy's own way from a statement to
rows costs three times what the driver takes; docs/decisions/0057-questions.md.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Executable, Row
from sqlalchemy.sql.compiler import SQLCompiler

from foundation.connecting import only_reads
from foundation.db import db

Plain = Sequence[Row[*tuple[Any, ...]]]
Turn = Callable[[Any], Any]


class Question:
    """A statement that only reads, as the driver takes it, and how its values are turned on the way in and out."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self.sql, self.columns, self.dialect = compiled.string, compiled._result_columns, compiled.dialect
        turns: Mapping[str, Any] = compiled._bind_processors
        named = {bind.key: name for bind, name in compiled.bind_names.items() if not bind.unique}
        self.names = {key: (name, turns.get(name)) for key, name in named.items()}
        self.wanted = {bind.key for bind in compiled.bind_names if bind.required}
        constants = compiled.construct_params(dict.fromkeys(self.wanted))
        self.constants = {n: turns[n](v) if n in turns else v for n, v in constants.items()}
        self.row = _kind_of_row([column.keyname for column in self.columns])
        self.turns: list[tuple[int, Turn]] | None = None

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the driver is to put in. Raises KeyError where a value is missing."""
        if not self.wanted <= values.keys():
            raise KeyError(f"{self.wanted - values.keys()} of {self.sql}")
        known = [(*self.names[key], value) for key, value in values.items() if key in self.names]
        return self.constants | {name: turn(value) if turn else value for name, turn, value in known}

    def read(self, cursor: Any) -> Plain:
        """The rows. What the driver gives is turned where a column's type wants it (the words of an enum)."""
        found: list[Any] = cursor.fetchall()
        for place, turn in self._turns(cursor.description) if self.turns is None else self.turns:
            found = [(*one[:place], turn(one[place]), *one[place + 1 :]) for one in found]
        return list(map(self.row._make, found))

    def _turns(self, told: Sequence[Any]) -> list[tuple[int, Turn]]:
        pairs = enumerate(zip(self.columns, told, strict=True))
        turns = [(n, column.type._cached_result_processor(self.dialect, one.type_code)) for n, (column, one) in pairs]
        self.turns = [(place, turn) for place, turn in turns if turn]
        return self.turns


def _kind_of_row(names: Sequence[str]) -> Any:
    return namedtuple("Plain", names, rename=True)


SEEN_ONCE = object()
QUESTIONS: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""statement -> Question; SEEN_ONCE, which a statement that is built anew each time stays; None: SQLAlchemy's own way"""


def rows(query: Executable, given: Mapping[str, Any] | None = None) -> Plain:
    """Every row. `given`: the values of the statement's parameters."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        session.flush()
    connection = session.connection()
    question = QUESTIONS.get(query, query)
    if question is SEEN_ONCE:
        question = QUESTIONS[query] = _question(query, connection)
    elif question is query:
        QUESTIONS[query], question = SEEN_ONCE, None
    return connection.execute(query, given).all() if question is None else _answer(question, connection, given or {})


def _question(query: Any, connection: Connection) -> Question | None:
    """None where the statement changes something, or where its SQL depends on the values (a list for IN)."""
    compiled = query.compile(dialect=connection.dialect)
    plain = only_reads(compiled.string) and not compiled.post_compile_params and not compiled.literal_execute_params
    return Question(compiled) if plain else None


def _answer(question: Question, connection: Connection, values: Mapping[str, Any]) -> Plain:
    """The rows. Whoever listens to the engine's statements hears this one as well."""
    given, heard = question.given(values), connection.dispatch
    cursor = connection.connection.cursor()
    try:
        for hear in heard.before_cursor_execute:
            hear(connection, cursor, question.sql, given, None, False)
        cursor.execute(question.sql, given)
        for hear in heard.after_cursor_execute:
            hear(connection, cursor, question.sql, given, None, False)
        return question.read(cursor)
    except psycopg.Error as error:
        connection._handle_dbapi_exception(error, question.sql, given, cursor, None)
        raise
    finally:
        cursor.close()


def row(query: Executable, given: Mapping[str, Any] | None = None) -> Row[*tuple[Any, ...]] | None:
    """The first row, or nothing."""
    found = rows(query, given)
    return found[0] if found else None
