"""Passports behind claims of prior learning: who signed, and which lines are carried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044_carried_lines"
down_revision = "0043_scholarships"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("prior_learning", sa.Column("signer", sa.String(), server_default="", nullable=False))
    op.alter_column("prior_learning", "signer", server_default=None)
    op.create_table(
        "carried_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["prior_learning.id"], name=op.f("fk_carried_line_claim_id_prior_learning")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried_line")),
    )
    op.create_index(op.f("ix_carried_line_claim_id"), "carried_line", ["claim_id"])
    stands = sa.text("released_at IS NULL")
    op.create_index("uq_carried_line_stands", "carried_line", ["line_id"], unique=True, postgresql_where=stands)


def downgrade() -> None:
    op.drop_table("carried_line")
    op.drop_column("prior_learning", "signer")
