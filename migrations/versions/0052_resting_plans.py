"""Plans of instalments that rest at Stripe while a cohort is called off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052_resting_plans"
down_revision = "0051_brought_hours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_rest",
        sa.Column("order_id", sa.BigInteger(), sa.ForeignKey("enrollment_order.id"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_plan_rest")),
    )


def downgrade() -> None:
    op.drop_table("plan_rest")
