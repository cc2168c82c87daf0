"""Two clients who are one person are merged, and the merge can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058_merged_clients"
down_revision = "0057_imports_by_the_worker"
branch_labels = None
depends_on = None

CONSENTS = ("given", "refused", "covered_by_letter")


def upgrade() -> None:
    op.add_column("client", sa.Column("merged_into_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_client_merged_into_id_client"), "client", "client", ["merged_into_id"], ["id"])
    op.create_index(op.f("ix_client_merged_into_id"), "client", ["merged_into_id"])
    op.create_check_constraint(op.f("ck_client_merged_into_another"), "client", "merged_into_id <> id")
    op.create_table(
        "client_merge",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("public_id", sa.String(22), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("user_id", "kept_id", "gone_id")),
        *(sa.Column(name, sa.dialects.postgresql.JSONB(), nullable=False) for name in ("moved", "filled")),
        sa.Column("was", _word("consent"), nullable=False),
        sa.Column("was_on", sa.Date()),
        sa.Column("said", _word("said"), nullable=False),
        sa.Column("said_on", sa.Date()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_client_merge_user_id_user")),
        sa.ForeignKeyConstraint(["kept_id"], ["client.id"], name=op.f("fk_client_merge_kept_id_client")),
        sa.ForeignKeyConstraint(["gone_id"], ["client.id"], name=op.f("fk_client_merge_gone_id_client")),
        sa.UniqueConstraint("public_id", name=op.f("uq_client_merge_public_id")),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_client_merge_of_two")),
    )
    op.create_index(op.f("ix_client_merge_user_id"), "client_merge", ["user_id"])
    op.create_index("ix_client_merge_kept", "client_merge", ["kept_id", "id"])
    standing = sa.text("undone_at IS NULL")
    op.create_index("uq_client_merge_standing", "client_merge", ["gone_id"], unique=True, postgresql_where=standing)


def downgrade() -> None:
    op.drop_table("client_merge")
    op.drop_constraint(op.f("ck_client_merged_into_another"), "client", type_="check")
    op.drop_index(op.f("ix_client_merged_into_id"), table_name="client")
    op.drop_constraint(op.f("fk_client_merged_into_id_client"), "client", type_="foreignkey")
    op.drop_column("client", "merged_into_id")


def _word(name: str) -> sa.Enum:
    return sa.Enum(*CONSENTS, name=name, native_enum=False, create_constraint=True, length=32)
