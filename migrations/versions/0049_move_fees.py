"""The fee for a move is a part of the order, paid on Stripe's page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049_move_fees"
down_revision = "0048_supervision"
branch_labels = None
depends_on = None

NAME = "ck_order_due_duekind"


def upgrade() -> None:
    op.add_column("enrollment_change", sa.Column("due_number", sa.BigInteger(), nullable=True))
    _kinds("'tuition', 'extension', 'move'")


def downgrade() -> None:
    op.execute("UPDATE order_due SET kind = 'extension' WHERE kind = 'move'")
    _kinds("'tuition', 'extension'")
    op.drop_column("enrollment_change", "due_number")


def _kinds(words: str) -> None:
    op.drop_constraint(op.f(NAME), "order_due", type_="check")
    op.create_check_constraint(op.f(NAME), "order_due", f"kind IN ({words})")
