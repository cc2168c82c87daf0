"""Papers with a number, and the keys of schools that are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041_papers"
down_revision = "0040_tax"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    kinds = sa.Enum("passport", "transcript", name="paperkind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "paper",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind <> 'passport' OR length(proof) > 0", name=op.f("ck_paper_a_passport_is_signed")),
        *_to_users("paper", "user_id", "issued_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_public_id")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_number")),
    )
    op.create_index("ix_paper_user_id_kind", "paper", ["user_id", "kind", "id"])
    _school_keys()


def _school_keys() -> None:
    op.create_table(
        "school_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("key_name", sa.String(), nullable=False),
        sa.Column("jwk", postgresql.JSONB(), nullable=False),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("checked_how", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.Column("removed_by_id", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("length(school) > 0", name=op.f("ck_school_key_names_its_school")),
        sa.CheckConstraint(
            "removed_at IS NULL OR length(reason) > 0", name=op.f("ck_school_key_removed_with_a_reason")
        ),
        *_to_users("school_key", "added_by_id", "removed_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_school_key_public_id")),
    )
    known = sa.text("removed_at IS NULL")
    op.create_index("uq_school_key_known", "school_key", ["thumbprint"], unique=True, postgresql_where=known)


def _to_users(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{table}_{column}_user")) for column in columns
    ]


def downgrade() -> None:
    op.drop_table("school_key")
    op.drop_table("paper")
