"""What trainees ask to change about a course: to stop, to move, to come later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032_changes"
down_revision = "0031_make_ups"
branch_labels = None
depends_on = None


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "enrollment_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _word("changekind", "stop", "move", "defer", "return"), nullable=False),
        sa.Column("state", _word("changestate", "asked", "done", "declined", "taken_back"), nullable=False),
        sa.Column("from_cohort_id", sa.BigInteger(), nullable=False),
        sa.Column("to_cohort_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("back_cents", sa.BigInteger(), nullable=False),
        sa.Column("kept_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "back_cents >= 0 AND kept_cents >= 0 AND fee_cents >= 0",
            name=op.f("ck_enrollment_change_sums_not_negative"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_enrollment_change_asked_by_id_user")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_enrollment_change_decided_by_id_user")),
        sa.ForeignKeyConstraint(
            ["from_cohort_id"], ["cohort.id"], name=op.f("fk_enrollment_change_from_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_enrollment_change_order_id_enrollment_order")
        ),
        sa.ForeignKeyConstraint(["to_cohort_id"], ["cohort.id"], name=op.f("fk_enrollment_change_to_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_enrollment_change_public_id")),
    )
    for name in ("asked_at", "asked_by_id", "decided_by_id", "from_cohort_id", "to_cohort_id"):
        op.create_index(op.f(f"ix_enrollment_change_{name}"), "enrollment_change", [name], unique=False)
    op.create_index("ix_enrollment_change_order", "enrollment_change", ["order_id", "id"], unique=False)
    op.create_index("ix_enrollment_change_state", "enrollment_change", ["state", "id"], unique=False)
    op.create_index(
        "uq_enrollment_change_asked",
        "enrollment_change",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )


def downgrade() -> None:
    op.drop_table("enrollment_change")
