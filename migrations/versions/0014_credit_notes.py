"""Credit notes, numbered without gaps in a series of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from foundation.db import append_only, drop_append_only

revision = "0014_credit_notes"
down_revision = "0013_books_by_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_note_counter",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_credit_note_counter")),
    )
    op.create_table(
        "credit_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.BigInteger(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("(cents > 0) = (reverses_id IS NULL)", name=op.f("ck_credit_note_reversal_is_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_credit_note_order_id_enrollment_order")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_credit_note_refund_id_refund")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["credit_note.id"], name=op.f("fk_credit_note_reverses_id_credit_note")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_note_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_credit_note_reverses_id")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_credit_note_year_serial")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_credit_note_issued_at"), "credit_note", ["issued_at"], unique=False)
    op.create_index("ix_credit_note_order", "credit_note", ["order_id", "id"], unique=False)
    op.create_index(
        "uq_credit_note_refund",
        "credit_note",
        ["refund_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NULL"),
    )
    for statement in append_only("credit_note"):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only("credit_note"):
        op.execute(statement)
    op.drop_table("credit_note")
    op.drop_table("credit_note_counter")
