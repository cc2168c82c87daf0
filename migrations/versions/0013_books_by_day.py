"""Money by the day it moved."""

from __future__ import annotations

from alembic import op

revision = "0013_books_by_day"
down_revision = "0012_badges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_money_entry_at"), "money_entry", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_money_entry_at"), table_name="money_entry")
