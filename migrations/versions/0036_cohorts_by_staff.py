"""Cohorts that staff write: least seats, prerequisites, published or not, called off, and a count of changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036_cohorts_by_staff"
down_revision = "0035_waivers"
branch_labels = None
depends_on = None

COLUMNS = ("revision", "cancelled_at", "is_published", "seats_minimum", "prerequisites", "requires_credential")


def upgrade() -> None:
    for column in (
        sa.Column("requires_program_id", sa.BigInteger(), nullable=True),
        sa.Column("requires_credential", sa.String(), nullable=False, server_default=""),
        sa.Column("prerequisites", sa.String(), nullable=False, server_default=""),
        sa.Column("seats_minimum", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("is_published", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False, server_default="1"),
    ):
        op.add_column("cohort", column)
    for name in ("requires_credential", "prerequisites", "seats_minimum", "is_published", "revision"):
        op.alter_column("cohort", name, server_default=None)
    op.create_check_constraint(op.f("ck_cohort_minimum_within_seats"), "cohort", "seats_minimum BETWEEN 0 AND seats")
    op.create_foreign_key(
        op.f("fk_cohort_requires_program_id_program"), "cohort", "program", ["requires_program_id"], ["id"]
    )
    op.create_index(op.f("ix_cohort_requires_program_id"), "cohort", ["requires_program_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_cohort_requires_program_id"), "cohort")
    op.drop_constraint(op.f("fk_cohort_requires_program_id_program"), "cohort", type_="foreignkey")
    op.drop_constraint(op.f("ck_cohort_minimum_within_seats"), "cohort", type_="check")
    for name in (*COLUMNS, "requires_program_id"):
        op.drop_column("cohort", name)
