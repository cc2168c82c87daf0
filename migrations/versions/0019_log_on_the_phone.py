"""A session's own name as its form gave it, and the key that seals what waits on a phone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_log_on_the_phone"
down_revision = "0018_refund_policies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coaching_session", sa.Column("once", sa.String(length=36), nullable=True))
    op.execute("UPDATE coaching_session SET once = public_id")
    op.create_unique_constraint(op.f("uq_coaching_session_user_id_once"), "coaching_session", ["user_id", "once"])
    op.create_table(
        "phone_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_phone_key_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_phone_key_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_phone_key_user_id")),
    )


def downgrade() -> None:
    op.drop_table("phone_key")
    op.drop_constraint(op.f("uq_coaching_session_user_id_once"), "coaching_session", type_="unique")
    op.drop_column("coaching_session", "once")
