"""Codes that were given to one person, who need not type them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043_scholarships"
down_revision = "0042_applications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("promotion_code", sa.Column("for_user_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_promotion_code_for_user_id_user"), "promotion_code", "user", ["for_user_id"], ["id"])
    op.create_index(op.f("ix_promotion_code_for_user_id"), "promotion_code", ["for_user_id"])


def downgrade() -> None:
    op.drop_column("promotion_code", "for_user_id")
