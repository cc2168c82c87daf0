"""Accreditation packs are put together by a worker, document by document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053_accreditation_packs"
down_revision = "0052_resting_plans"
branch_labels = None
depends_on = None

NAME = "accreditation_pack"
STATES = ("waiting", "done", "failed", "gone")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    state = sa.Enum(*STATES, name="packstate", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        NAME,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.BigInteger()),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.CheckConstraint("made BETWEEN 0 AND documents", name=op.f(f"ck_{NAME}_made_of_documents")),
        sa.CheckConstraint("state <> 'failed' OR length(fault) > 0", name=op.f(f"ck_{NAME}_failed_for_a_reason")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f(f"fk_{NAME}_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f(f"fk_{NAME}_asked_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{NAME}_public_id")),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(f"uq_{NAME}_waiting", NAME, ["cohort_id"], unique=True, postgresql_where=waiting)
    op.create_index(f"ix_{NAME}_cohort", NAME, ["cohort_id", "id"])
    op.create_index(op.f(f"ix_{NAME}_asked_by_id"), NAME, ["asked_by_id"])


def downgrade() -> None:
    op.drop_table(NAME)
