"""A sum may be taken off a part of a price; what was taken off stays on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056_part_waivers"
down_revision = "0055_invoice_tax"
branch_labels = None
depends_on = None

NAME = "ck_order_due_waived_not_negative"


def upgrade() -> None:
    op.add_column("order_due", sa.Column("waived_cents", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("order_due", "waived_cents", server_default=None)
    op.create_check_constraint(op.f(NAME), "order_due", "waived_cents >= 0")


def downgrade() -> None:
    op.execute("UPDATE order_due SET cents = cents + waived_cents WHERE state IN ('open', 'void')")
    op.drop_constraint(op.f(NAME), "order_due", type_="check")
    op.drop_column("order_due", "waived_cents")
