"""Runs and imports in the coaching log, what is known of a client, and hours received from peers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_coaching_log"
down_revision = "0010_second_look"
branch_labels = None
depends_on = None

RELATIONS = ("own", "internal", "third_party", "peer")
STATES = ("shown", "taken", "undone")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "log_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="importstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("sealed_name", sa.String(), nullable=False),
        sa.Column("sealed_file", sa.String(), nullable=False),
        sa.Column("report", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("taken_at", moment),
        sa.Column("undone_at", moment),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_log_import_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_log_import_public_id")),
    )
    op.create_index("ix_log_import_user", "log_import", ["user_id", "id"])
    op.create_table(
        "peer_hour",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("sealed_peer", sa.String(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger()),
        sa.Column("recorded_at", moment, nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 720 OR reverses_id IS NOT NULL", name=op.f("ck_peer_hour_minutes_of_one_sitting")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_peer_hour_user_id_user")),
        sa.ForeignKeyConstraint(["reverses_id"], ["peer_hour.id"], name=op.f("fk_peer_hour_reverses_id_peer_hour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_hour")),
        sa.UniqueConstraint("public_id", name=op.f("uq_peer_hour_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_peer_hour_reverses_id")),
    )
    op.create_index("ix_peer_hour_user_on", "peer_hour", ["user_id", "on", "id"])
    op.add_column("client", sa.Column("sealed_organisation", sa.String(), server_default="", nullable=False))
    relation = sa.Enum(*RELATIONS, name="relation", native_enum=False, create_constraint=True, length=32)
    op.add_column("client", sa.Column("relation", relation, server_default="own", nullable=False))
    op.add_column("coaching_session", sa.Column("until", sa.Date()))
    op.add_column("coaching_session", sa.Column("import_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_coaching_session_import_id_log_import"), "coaching_session", "log_import", ["import_id"], ["id"]
    )
    op.create_index("ix_coaching_session_import", "coaching_session", ["import_id"])
    _check(
        "coaching_session",
        "minutes_of_one_sitting",
        "minutes_of_a_sitting_or_a_run",
        "minutes BETWEEN 1 AND CASE WHEN until IS NULL THEN 720 ELSE 600000 END",
    )
    op.create_check_constraint(
        op.f("ck_coaching_session_a_run_ends_after_it_begins"), "coaching_session", 'until >= "on"'
    )
    _check(
        "ledger_entry",
        "at_most_a_hundred_hours",
        "no_absurd_line",
        "abs(minutes) <= CASE WHEN kind = 'coaching' THEN 600000 ELSE 6000 END",
    )


def downgrade() -> None:
    # Runs can't be held by the old tables. They are kept as facts elsewhere, so this only runs where there are none.
    _check("ledger_entry", "no_absurd_line", "at_most_a_hundred_hours", "abs(minutes) <= 6000")
    op.drop_constraint(op.f("ck_coaching_session_a_run_ends_after_it_begins"), "coaching_session")
    _check("coaching_session", "minutes_of_a_sitting_or_a_run", "minutes_of_one_sitting", "minutes BETWEEN 1 AND 720")
    op.drop_index("ix_coaching_session_import", "coaching_session")
    op.drop_column("coaching_session", "import_id")
    op.drop_column("coaching_session", "until")
    op.drop_column("client", "relation")
    op.drop_column("client", "sealed_organisation")
    op.drop_table("peer_hour")
    op.drop_table("log_import")


def _check(table: str, old: str, new: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{old}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{new}"), table, condition)
