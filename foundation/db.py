"""The database: PostgreSQL through Flask-SQLAlchemy, with named constraints and append-only tables."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, ColumnElement, DateTime, Enum, Identity, MetaData, String, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_public_id() -> str:
    """128 random bits for an address: 22 characters that nobody can guess."""
    return secrets.token_urlsafe(16)


pk = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
public_id = Annotated[str, mapped_column(String(22), unique=True, default=new_public_id)]
UtcDateTime = DateTime(timezone=True)


def word(kind: type[StrEnum], name: str | None = None) -> Enum:
    """A column that holds one of an enum's words, as text with a check: readable in SQL, easy to extend.

    `name` names the check where one table holds the enum twice.
    """
    return Enum(
        kind,
        name=name or kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda e: [member.value for member in e],
    )


def written(member: StrEnum) -> ColumnElement[str]:
    """SQL: one of our own words, written into the statement instead of sent beside it.

    A statement that is planned once for any values finds a partial index (`WHERE state <> 'checked'`) only so.
    """
    return literal_column(f"'{member.value}'")


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: JSONB, list[Any]: JSONB, int: BigInteger},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        __abstract__ = True

        def __init__(self, **values: Any) -> None: ...
else:
    Model = db.Model


def append_only(table: str) -> list[str]:
    """SQL that makes a table refuse UPDATE and DELETE: facts are added, never edited."""
    return [
        f"""CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()""",
    ]


ERASED = "(erased)"
"""What stands where words were that somebody had a right to have erased."""
ERASING = "practicum.erasing"
"""The setting of a transaction in which words may be taken out of facts; see `erasable`."""

ONLY_ERASES = f"""CREATE FUNCTION only_erases(was jsonb, becomes jsonb, names text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT was - names = becomes - names AND NOT EXISTS (
        SELECT FROM unnest(names) AS name WHERE NOT coalesce(
            becomes -> name <@ (was -> name) OR becomes -> name IN ('""', '"{ERASED}"', '"\\\\x"', 'null'), false))
$$"""
"""Whether a row loses words and nothing else: of JSON what was there or less, a text or a document empty or marked."""


def erasable(table: str, *columns: str) -> str:
    """SQL: the guard of an append-only table lets words be taken out of these columns, where a person is erased."""
    names = ", ".join(f"'{name}'" for name in columns)
    return f"""CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND current_setting('{ERASING}', true) = 'on' THEN
                IF only_erases(to_jsonb(OLD), to_jsonb(NEW), ARRAY[{names}]) THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation';
        END $$"""


def guard_again(table: str) -> str:
    """SQL that takes back `erasable` (for a migration that runs down)."""
    return append_only(table)[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def drop_append_only(table: str) -> list[str]:
    """SQL that takes the guard away again (for a migration that runs down)."""
    return [f"DROP TRIGGER {table}_append_only ON {table}", f"DROP FUNCTION {table}_is_append_only()"]


def sqlalchemy_url(url: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it, with the psycopg 3 driver."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)
