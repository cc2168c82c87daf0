"""A coach's portrait in the directory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_portraits"
down_revision = "0008_community"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coach_profile", sa.Column("picture", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("coach_profile", "picture")
