"""The performance evaluation: recordings handed in, verdicts, and that they were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0047_performance"
down_revision = "0046_partial_certificates"
branch_labels = None
depends_on = None

STATES = ("waiting", "taken", "passed", "resubmit", "withdrawn")
LEVELS = ("ACC", "PCC", "MCC")
MOMENT = sa.DateTime(timezone=True)


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _foreign(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]


def upgrade() -> None:
    _submissions()
    _verdicts()
    for table in ("evaluation_verdict", "evaluation_seen"):
        for statement in append_only(table):
            op.execute(statement)


def downgrade() -> None:
    for table in ("evaluation_seen", "evaluation_verdict"):
        for statement in drop_append_only(table):
            op.execute(statement)
        op.drop_table(table)
    op.drop_table("evaluation_submission")


def _submissions() -> None:
    name = "evaluation_submission"
    sealed = ("sealed_link", "sealed_transcript", "sealed_reflection", "sealed_draft")
    op.create_table(
        name,
        _id(),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("level", _word(LEVELS, "level"), nullable=False),
        sa.Column("rubric", sa.String(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        *(sa.Column(one, sa.String(), nullable=False) for one in sealed),
        sa.Column("state", _word(STATES, "submissionstate"), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("taken_by_id", sa.BigInteger()),
        sa.Column("taken_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f(f"ck_{name}_minutes_of_a_recording")),
        sa.CheckConstraint("(state = 'taken') <= (taken_by_id IS NOT NULL)", name=op.f(f"ck_{name}_taken_by_somebody")),
        *_foreign(name, enrollment_id="enrollment", user_id="user", taken_by_id="user"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    for short, columns in {"enrollment": "enrollment_id", "user": "user_id", "taken_by": "taken_by_id"}.items():
        op.create_index(f"ix_{name}_{short}", name, [columns, "id"])
    waits, stands = sa.text("state = 'waiting'"), sa.text("state IN ('waiting', 'taken')")
    op.create_index(f"ix_{name}_waiting", name, ["submitted_at"], postgresql_where=waits)
    op.create_index(f"uq_{name}_open", name, ["enrollment_id"], unique=True, postgresql_where=stands)


def _verdicts() -> None:
    op.create_table(
        "evaluation_verdict",
        _id(),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("held", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("sealed_content", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_foreign("evaluation_verdict", submission_id="evaluation_submission", author_id="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_verdict")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evaluation_verdict_public_id")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_evaluation_verdict_submission_id")),
    )
    op.create_table(
        "evaluation_seen",
        _id(),
        sa.Column("verdict_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_foreign("evaluation_seen", verdict_id="evaluation_verdict", user_id="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_seen")),
        sa.UniqueConstraint("verdict_id", name=op.f("uq_evaluation_seen_verdict_id")),
    )
