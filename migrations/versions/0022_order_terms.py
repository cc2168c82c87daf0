"""An order keeps the rules for leaving that it was placed under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from foundation.db import append_only, drop_append_only

revision = "0022_order_terms"
down_revision = "0021_rule_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_terms",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_order_terms_order_id_enrollment_order")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["refund_policy.id"], name=op.f("fk_order_terms_policy_id_refund_policy")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_terms")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_order_terms_policy_id"), "order_terms", ["policy_id"], unique=False)
    for statement in append_only("order_terms"):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only("order_terms"):
        op.execute(statement)
    op.drop_table("order_terms")
