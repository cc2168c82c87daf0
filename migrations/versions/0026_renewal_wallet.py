"""What a credential holder needs for the renewal: the credential, units by hand, their documents, and quiet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0026_renewal_wallet"
down_revision = "0025_agreements"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FACTS = ("held_credential", "cce_document")


def upgrade() -> None:
    _credentials()
    _units()
    _documents()
    op.create_table(
        "renewal_quiet",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_renewal_quiet_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_renewal_quiet")),
    )
    for table in FACTS:
        for statement in append_only(table):
            op.execute(statement)


def _credentials() -> None:
    op.create_table(
        "held_credential",
        *_names("held_credential"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("withdraws_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint("level IN ('ACC', 'PCC', 'MCC')", name=op.f("ck_held_credential_level")),
        sa.CheckConstraint("expires_on > granted_on", name=op.f("ck_held_credential_expires_after_it_is_granted")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_held_credential_user_id_user")),
        sa.ForeignKeyConstraint(
            ["withdraws_id"], ["held_credential.id"], name=op.f("fk_held_credential_withdraws_id_held_credential")
        ),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_held_credential_withdraws_id")),
    )
    op.create_index("ix_held_credential_user", "held_credential", ["user_id"])
    op.create_index("ix_held_credential_expires_on", "held_credential", ["expires_on"])


def _units() -> None:
    op.create_table(
        "cce_unit",
        *_names("cce_unit"),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("core_minutes", sa.BigInteger(), nullable=False),
        sa.Column("ethics_minutes", sa.BigInteger(), nullable=False),
        sa.Column("resource_minutes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "core_minutes >= 0 AND ethics_minutes >= 0 AND resource_minutes >= 0",
            name=op.f("ck_cce_unit_no_minutes_below_zero"),
        ),
        sa.CheckConstraint(
            "core_minutes + ethics_minutes + resource_minutes BETWEEN 1 AND 6000",
            name=op.f("ck_cce_unit_no_absurd_unit"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_cce_unit_user_id_user")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_cce_unit_entry_id_ledger_entry")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_cce_unit_entry_id")),
    )
    op.create_index("ix_cce_unit_user_on", "cce_unit", ["user_id", "on", "id"])


def _documents() -> None:
    op.create_table(
        "cce_document",
        *_names("cce_document"),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["cce_unit.id"], name=op.f("fk_cce_document_unit_id_cce_unit")),
    )
    op.create_index(op.f("ix_cce_document_unit_id"), "cce_document", ["unit_id"])


def _names(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]


def downgrade() -> None:
    for table in FACTS:
        for statement in drop_append_only(table):
            op.execute(statement)
    for table in ("renewal_quiet", "cce_document", "cce_unit", "held_credential"):
        op.drop_table(table)
