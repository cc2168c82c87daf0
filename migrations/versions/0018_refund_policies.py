"""The rules for leaving, moving and coming late, version by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from foundation.db import append_only, drop_append_only

revision = "0018_refund_policies"
down_revision = "0017_attendance_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refund_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("cohort_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_refund_policy_version_counts_from_one")),
        sa.CheckConstraint("program_id IS NULL OR cohort_id IS NULL", name=op.f("ck_refund_policy_one_scope")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_refund_policy_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_refund_policy_created_by_id_user")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_refund_policy_program_id_program")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_policy")),
        sa.UniqueConstraint("scope", "version", name=op.f("uq_refund_policy_scope_version")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_refund_policy_cohort_id"), "refund_policy", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_refund_policy_created_by_id"), "refund_policy", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_refund_policy_program_id"), "refund_policy", ["program_id"], unique=False)
    for statement in append_only("refund_policy"):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only("refund_policy"):
        op.execute(statement)
    op.drop_table("refund_policy")
