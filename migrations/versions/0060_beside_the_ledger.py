"""A passport brings what was received from peers, and Review Forms that both have signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060_beside_the_ledger"
down_revision = "0059_lines_beside_reviews"
branch_labels = None
depends_on = None

LEVEL = sa.Enum("ACC", "PCC", "MCC", name="level", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.add_column("peer_hour", sa.Column("claim_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_peer_hour_claim_id_prior_learning"), "peer_hour", "prior_learning", ["claim_id"], ["id"]
    )
    brought = sa.text("claim_id IS NOT NULL")
    op.create_index("ix_peer_hour_claim", "peer_hour", ["claim_id"], postgresql_where=brought)
    op.create_table(
        "brought_review",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("user_id", "claim_id", "mentor_id")),
        sa.Column("level", LEVEL, nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("taken_over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_brought_review_user_id_user")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["prior_learning.id"], name=op.f("fk_brought_review_claim_id_prior_learning")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_brought_review_mentor_id_mentor")),
    )
    standing = sa.text("taken_back_at IS NULL")
    op.create_index("ix_brought_review_standing", "brought_review", ["user_id"], postgresql_where=standing)
    op.create_index(op.f("ix_brought_review_claim_id"), "brought_review", ["claim_id"])


def downgrade() -> None:
    op.drop_table("brought_review")
    op.drop_index("ix_peer_hour_claim", table_name="peer_hour")
    op.drop_constraint(op.f("fk_peer_hour_claim_id_prior_learning"), "peer_hour", type_="foreignkey")
    op.drop_column("peer_hour", "claim_id")
