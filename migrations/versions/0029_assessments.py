"""Assessments kept with the rules they used, and what a draft of rules would change for whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import append_only, drop_append_only

revision = "0029_assessments"
down_revision = "0028_rhythm_and_disputes"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _assessments()
    _reaches()
    for statement in append_only("assessment"):
        op.execute(statement)


def _assessments() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.String(length=32), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("apply_on", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("version_number", sa.BigInteger(), nullable=True),
        sa.Column("book_digest", sa.String(), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("occasion IN ('asked', 'submission', 'certificate')", name=op.f("ck_assessment_occasion")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_assessment_user_id_user")),
        sa.ForeignKeyConstraint(
            ["version_number"], ["rule_version.number"], name=op.f("fk_assessment_version_number_rule_version")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_assessment_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assessment_public_id")),
    )
    op.create_index("ix_assessment_user_made", "assessment", ["user_id", "made_at", "id"])
    op.create_index("ix_assessment_version_number", "assessment", ["version_number"])
    op.create_index(op.f("ix_assessment_certificate_id"), "assessment", ["certificate_id"])


def _reaches() -> None:
    op.create_table(
        "rule_reach",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("trainees", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_until", sa.BigInteger(), nullable=False),
        sa.Column("turns", JSONB(), nullable=False),
        sa.Column("people", JSONB(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'left')", name=op.f("ck_rule_reach_reachstate")),
        sa.ForeignKeyConstraint(["draft_id"], ["rule_draft.id"], name=op.f("fk_rule_reach_draft_id_rule_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_reach")),
    )
    op.create_index("uq_rule_reach_draft_digest", "rule_reach", ["draft_id", "digest"], unique=True)


def downgrade() -> None:
    op.drop_table("rule_reach")
    for statement in drop_append_only("assessment"):
        op.execute(statement)
    op.drop_table("assessment")
