"""Sums by index alone: every line with its enrollment, and the few reviews that are not settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039_covering_sums"
down_revision = "0038_employer_invoices"
branch_labels = None
depends_on = None

BEFORE = ["id", "on", "minutes", "core_minutes", "reverses_id"]


def upgrade() -> None:
    _cover([*BEFORE, "enrollment_id"])
    op.create_index(
        "ix_ledger_review_open",
        "ledger_review",
        ["user_id"],
        postgresql_include=["entry_id", "state"],
        postgresql_where=sa.text("state <> 'checked'"),
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_review_open", "ledger_review")
    _cover(BEFORE)


def _cover(columns: list[str]) -> None:
    op.drop_index("ix_ledger_entry_sums", "ledger_entry")
    op.create_index(
        "ix_ledger_entry_sums", "ledger_entry", ["user_id", "kind", "synchronous"], postgresql_include=columns
    )
