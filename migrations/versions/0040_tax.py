"""Tax, as Stripe worked it out: within each movement of money, and with each part of an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040_tax"
down_revision = "0039_covering_sums"
branch_labels = None
depends_on = None

COLUMNS = (("money_entry", "tax_cents"), ("order_due", "tax_cents"), ("order_due", "added_cents"))


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column(table, name, server_default=None)
    op.create_check_constraint(op.f("ck_order_due_tax_fits"), "order_due", "added_cents BETWEEN 0 AND tax_cents")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_order_due_tax_fits"), "order_due", type_="check")
    for table, name in reversed(COLUMNS):
        op.drop_column(table, name)
