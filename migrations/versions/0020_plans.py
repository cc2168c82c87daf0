"""Plans that end by themselves, what is overdue, and access meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_plans"
down_revision = "0019_log_on_the_phone"
branch_labels = None
depends_on = None

BEFORE = ("active", "paused", "suspended", "withdrawn", "completed")
AFTER = ("active", "read_only", "paused", "suspended", "withdrawn", "completed")
STATE = "ck_enrollment_enrollmentstate"


def _states(words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(STATE), "enrollment", type_="check")
    op.create_check_constraint(op.f(STATE), "enrollment", f"state IN ({', '.join(repr(word) for word in words)})")


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("arrears_since", sa.Date(), nullable=True))
    op.add_column("enrollment_order", sa.Column("plan_ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrollment_order", sa.Column("patience_until", sa.Date(), nullable=True))
    op.add_column("order_due", sa.Column("invoice_url", sa.String(), nullable=True))
    _states(AFTER)


def downgrade() -> None:
    op.execute("UPDATE enrollment SET state = 'suspended' WHERE state = 'read_only'")
    _states(BEFORE)
    op.drop_column("order_due", "invoice_url")
    op.drop_column("enrollment_order", "patience_until")
    op.drop_column("enrollment_order", "plan_ended_at")
    op.drop_column("enrollment", "arrears_since")
