"""Confirmations by the other party of a session, and letters that are sealed to everybody but their reader."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_confirmations"
down_revision = "0023_check_ins"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("asked", "confirmed", "declined", "revoked")


def upgrade() -> None:
    op.add_column("letter", sa.Column("sealed", sa.String(), server_default="", nullable=False))
    op.add_column("mentor", sa.Column("sealed_email", sa.String(), server_default="", nullable=False))
    op.create_table(
        "confirmation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="confirmationstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("sealed_address", sa.String(), nullable=False),
        sa.Column("sealed_word", sa.String(), nullable=False),
        sa.Column("is_on_file", sa.Boolean(), nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_confirmation_user_id_user")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_confirmation_entry_id_ledger_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_confirmation_public_id")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_confirmation_secret_digest")),
    )
    op.create_index("ix_confirmation_entry", "confirmation", ["entry_id", "id"])
    op.create_index("ix_confirmation_user", "confirmation", ["user_id", "id"])
    op.create_index(
        "uq_confirmation_open",
        "confirmation",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )


def downgrade() -> None:
    # A sealed letter can't be held by the old table: its row names no address that anybody could write to.
    op.execute("DELETE FROM letter WHERE sealed <> ''")
    op.drop_table("confirmation")
    op.drop_column("mentor", "sealed_email")
    op.drop_column("letter", "sealed")
