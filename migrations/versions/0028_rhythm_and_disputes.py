"""How many months lie between two instalments; disputes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_rhythm_and_disputes"
down_revision = "0027_mentor_slots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("price_plan", "enrollment_order"):
        op.add_column(table, sa.Column("every_months", sa.BigInteger(), nullable=False, server_default="1"))
        op.alter_column(table, "every_months", server_default=None)
    op.create_check_constraint(op.f("ck_price_plan_every_months_fit"), "price_plan", "every_months BETWEEN 1 AND 12")
    op.create_table(
        "dispute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_dispute_order_id_enrollment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_dispute_stripe_id")),
    )
    op.create_index("ix_dispute_order", "dispute", ["order_id", "id"])


def downgrade() -> None:
    op.drop_table("dispute")
    op.drop_constraint(op.f("ck_price_plan_every_months_fit"), "price_plan", type_="check")
    for table in ("enrollment_order", "price_plan"):
        op.drop_column(table, "every_months")
