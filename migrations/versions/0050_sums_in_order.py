"""Sums by enrollment in the order of their index, so that nothing is sorted or hashed."""

from __future__ import annotations

from alembic import op

revision = "0050_sums_in_order"
down_revision = "0049_move_fees"
branch_labels = None
depends_on = None

INCLUDED = ["id", "on", "minutes", "core_minutes", "reverses_id"]


def upgrade() -> None:
    _index(["user_id", "kind", "synchronous", "enrollment_id"], INCLUDED)


def downgrade() -> None:
    _index(["user_id", "kind", "synchronous"], [*INCLUDED, "enrollment_id"])


def _index(columns: list[str], included: list[str]) -> None:
    op.drop_index("ix_ledger_entry_sums", "ledger_entry")
    op.create_index("ix_ledger_entry_sums", "ledger_entry", columns, postgresql_include=included)
