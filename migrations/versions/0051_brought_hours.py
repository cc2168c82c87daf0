"""A passport brings coaching, mentor coaching and continuing education too; a client may have a code elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051_brought_hours"
down_revision = "0050_sums_in_order"
branch_labels = None
depends_on = None

NAME = "ck_prior_learning_some_minutes"
NONE_NEGATIVE = "live_core >= 0 AND live_resource >= 0 AND own_core >= 0 AND own_resource >= 0 "
EDUCATION = "live_core + live_resource + own_core + own_resource > 0"


def upgrade() -> None:
    empty = sa.text("'{}'::jsonb")
    op.add_column("prior_learning", sa.Column("brought", postgresql.JSONB(), server_default=empty, nullable=False))
    _check(NONE_NEGATIVE + f"AND ({EDUCATION} OR brought <> '{{}}'::jsonb)")
    op.add_column("client", sa.Column("origin", sa.String(), server_default="", nullable=False))
    known = sa.text("origin <> ''")
    op.create_index("uq_client_origin", "client", ["user_id", "origin"], unique=True, postgresql_where=known)


def downgrade() -> None:
    """Claims without education can't stand as they were; what they have written stays in the ledger."""
    op.drop_index("uq_client_origin", table_name="client")
    op.drop_column("client", "origin")
    without = f"SELECT id FROM prior_learning WHERE NOT ({EDUCATION})"
    op.execute(f"DELETE FROM carried_line WHERE claim_id IN ({without})")
    op.execute(f"DELETE FROM prior_learning WHERE NOT ({EDUCATION})")
    _check(NONE_NEGATIVE + f"AND {EDUCATION}")
    op.drop_column("prior_learning", "brought")


def _check(condition: str) -> None:
    op.drop_constraint(op.f(NAME), "prior_learning", type_="check")
    op.create_check_constraint(op.f(NAME), "prior_learning", condition)
