"""A second look that a reviewer asks of a colleague."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_second_look"
down_revision = "0009_portraits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(question) > 0", name=op.f("ck_second_look_asks_something")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_second_look_answered_by_id_user")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_second_look_asked_by_id_user")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_second_look_entry_id_ledger_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_look")),
    )
    op.create_index(
        "uq_second_look_open", "second_look", ["entry_id"], unique=True, postgresql_where=sa.text("answered_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("second_look")
