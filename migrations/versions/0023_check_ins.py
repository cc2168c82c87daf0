"""Taps at the door of a class."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_check_ins"
down_revision = "0022_order_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "check_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("live_class_id", sa.BigInteger(), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger(), nullable=False),
        sa.Column("came_at", moment, nullable=False),
        sa.Column("went_at", moment),
        sa.Column("counted_at", moment),
        sa.CheckConstraint("went_at >= came_at", name=op.f("ck_check_in_went_after_coming")),
        sa.ForeignKeyConstraint(
            ["live_class_id"], ["live_class.id"], name=op.f("fk_check_in_live_class_id_live_class")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_check_in_enrollment_id_enrollment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    op.create_index(op.f("ix_check_in_enrollment_id"), "check_in", ["enrollment_id"])
    op.create_index("ix_check_in_class", "check_in", ["live_class_id", "enrollment_id"])
    op.create_index(
        "uq_check_in_open",
        "check_in",
        ["live_class_id", "enrollment_id"],
        unique=True,
        postgresql_where=sa.text("went_at IS NULL"),
    )
    op.create_index(
        "ix_check_in_uncounted", "check_in", ["live_class_id"], postgresql_where=sa.text("counted_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("check_in")
