"""The enrollment agreement in the versions that the owner publishes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0025_agreements"
down_revision = "0024_confirmations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_agreement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body_md", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["user.id"], name=op.f("fk_published_agreement_published_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_agreement")),
        sa.UniqueConstraint("version", name=op.f("uq_published_agreement_version")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_published_agreement_published_by_id"), "published_agreement", ["published_by_id"], unique=False
    )
    for statement in append_only("published_agreement"):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only("published_agreement"):
        op.execute(statement)
    op.drop_table("published_agreement")
