"""Classes that are moved or called off: the row stays, and counts its changes as calendars do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037_timetable"
down_revision = "0036_cohorts_by_staff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("live_class", sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("live_class", sa.Column("sequence", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_constraint(op.f("uq_live_class_cohort_id_starts_at"), "live_class", type_="unique")
    op.create_index(
        "uq_live_class_hour",
        "live_class",
        ["cohort_id", "starts_at"],
        unique=True,
        postgresql_where=sa.text("called_off_at IS NULL"),
    )


def downgrade() -> None:
    op.execute(
        "DELETE FROM live_class WHERE called_off_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM attendance WHERE live_class_id = live_class.id)"
    )
    op.drop_index("uq_live_class_hour", "live_class")
    op.create_unique_constraint(op.f("uq_live_class_cohort_id_starts_at"), "live_class", ["cohort_id", "starts_at"])
    op.drop_column("live_class", "sequence")
    op.drop_column("live_class", "called_off_at")
