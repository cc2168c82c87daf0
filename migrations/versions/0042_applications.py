"""Applications: a program's questions in versions, what people answer, what staff note."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from foundation.db import append_only, drop_append_only

revision = "0042_applications"
down_revision = "0041_papers"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = (
    *("draft", "submitted", "in_review", "more_asked", "accepted", "taken_up", "declined", "withdrawn", "lapsed"),
)
LIVE = "state IN ('draft', 'submitted', 'in_review', 'more_asked', 'accepted', 'taken_up')"
APPEND_ONLY = ("application_questions", "application_note")


def upgrade() -> None:
    op.add_column("program", sa.Column("asks_application", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cohort", sa.Column("holds_seats", sa.Boolean(), nullable=False, server_default=sa.false()))
    _questions()
    _applications()
    _notes()
    for table in APPEND_ONLY:
        for statement in append_only(table):
            op.execute(statement)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _questions() -> None:
    op.create_table(
        "application_questions",
        _id(),
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column("intro", sa.String(), nullable=False),
        _json("questions"),
        sa.Column("days_to_buy", sa.BigInteger(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("days_to_buy BETWEEN 1 AND 120", name=op.f("ck_application_questions_some_days_to_buy")),
        _foreign("application_questions", "program_id", "program"),
        _foreign("application_questions", "published_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_questions")),
        sa.UniqueConstraint("program_id", "version", name=op.f("uq_application_questions_program_id_version")),
    )
    op.create_index(op.f("ix_application_questions_published_by_id"), "application_questions", ["published_by_id"])


def _applications() -> None:
    op.create_table(
        "application",
        _id(),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("questions_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=True),
        sa.Column("state", _word("applicationstate", *STATES), nullable=False),
        _json("answers"),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("due_until", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state <> 'accepted' OR due_until IS NOT NULL", name=op.f("ck_application_an_acceptance_ends")
        ),
        _foreign("application", "cohort_id", "cohort"),
        _foreign("application", "user_id", "user"),
        _foreign("application", "questions_id", "application_questions"),
        _foreign("application", "seat_id", "seat"),
        _foreign("application", "decided_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("public_id", name=op.f("uq_application_public_id")),
    )
    for column in ("questions_id", "seat_id", "decided_by_id"):
        op.create_index(op.f(f"ix_application_{column}"), "application", [column])
    op.create_index(
        "uq_application_live", "application", ["user_id", "cohort_id"], unique=True, postgresql_where=sa.text(LIVE)
    )
    op.create_index("ix_application_state", "application", ["state", "submitted_at"])
    op.create_index("ix_application_cohort", "application", ["cohort_id", "state"])


def _notes() -> None:
    op.create_table(
        "application_note",
        _id(),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _word("notekind", "note", "wanted", "for", "against"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("application_note", "application_id", "application"),
        _foreign("application_note", "by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_note")),
    )
    op.create_index("ix_application_note", "application_note", ["application_id", "id"])
    op.create_index(op.f("ix_application_note_by_id"), "application_note", ["by_id"])


def downgrade() -> None:
    for table in APPEND_ONLY:
        for statement in drop_append_only(table):
            op.execute(statement)
    op.drop_table("application_note")
    op.drop_table("application")
    op.drop_table("application_questions")
    op.drop_column("cohort", "holds_seats")
    op.drop_column("program", "asks_application")
