"""The school's own versions of the rules: drafts, what was published, what was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import append_only, drop_append_only

revision = "0021_rule_versions"
down_revision = "0020_plans"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GUARDED = ("rule_version", "rule_withdrawal")


def upgrade() -> None:
    _drafts()
    _versions()
    _withdrawals()
    for table in GUARDED:
        for statement in append_only(table):
            op.execute(statement)


def _drafts() -> None:
    op.create_table(
        "rule_draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("begun_by_id", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'published', 'discarded')", name=op.f("ck_rule_draft_draftstate")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["user.id"], name=op.f("fk_rule_draft_begun_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_draft")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rule_draft_public_id")),
    )
    op.create_index(
        "ix_rule_draft_open", "rule_draft", ["begun_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )


def _versions() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("differences", JSONB(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(why) > 0", name=op.f("ck_rule_version_a_reason")),
        sa.CheckConstraint("number > 0", name=op.f("ck_rule_version_counted_from_one")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_rule_version_published_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("number", name=op.f("uq_rule_version_number")),
    )


def _withdrawals() -> None:
    op.create_table(
        "rule_withdrawal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_rule_withdrawal_a_reason")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rule_version.id"], name=op.f("fk_rule_withdrawal_version_id_rule_version")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_rule_withdrawal_actor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_withdrawal")),
        sa.UniqueConstraint("version_id", name=op.f("uq_rule_withdrawal_version_id")),
    )


def downgrade() -> None:
    for table in reversed(GUARDED):
        for statement in drop_append_only(table):
            op.execute(statement)
        op.drop_table(table)
    op.drop_table("rule_draft")
