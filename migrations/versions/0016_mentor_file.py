"""The file of mentors: what they hold as dated facts with proof, in place of four columns."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0016_mentor_file"
down_revision = "0015_dues_and_prices"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LEVELS = ("ACC", "PCC", "MCC")


def upgrade() -> None:
    _proofs()
    _facts()
    _carry_over()
    op.drop_constraint(op.f("ck_mentor_specialization_level"), "mentor")
    for column in ("credential", "renewed", "specialization", "specialization_since"):
        op.drop_column("mentor", column)
    for table in ("mentor_proof", "mentor_fact"):
        for statement in append_only(table):
            op.execute(statement)


def _proofs() -> None:
    op.create_table(
        "mentor_proof",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("mentor_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_mentor_proof_mentor_id_mentor")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_mentor_proof_added_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_proof")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mentor_proof_public_id")),
    )
    op.create_index(op.f("ix_mentor_proof_mentor_id"), "mentor_proof", ["mentor_id"])


def _facts() -> None:
    op.create_table(
        "mentor_fact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("mentor_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _word("factkind", "credential", "renewal", "specialization"), nullable=False),
        sa.Column("level", _word("level", *LEVELS), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=True),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("proof_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("withdraws_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint("held_until >= held_from", name=op.f("ck_mentor_fact_ends_after_it_begins")),
        sa.CheckConstraint(
            "withdraws_id IS NULL OR length(reason) > 0", name=op.f("ck_mentor_fact_withdrawn_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_mentor_fact_mentor_id_mentor")),
        sa.ForeignKeyConstraint(["proof_id"], ["mentor_proof.id"], name=op.f("fk_mentor_fact_proof_id_mentor_proof")),
        sa.ForeignKeyConstraint(
            ["withdraws_id"], ["mentor_fact.id"], name=op.f("fk_mentor_fact_withdraws_id_mentor_fact")
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_mentor_fact_added_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_fact")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mentor_fact_public_id")),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_mentor_fact_withdraws_id")),
    )
    op.create_index(op.f("ix_mentor_fact_mentor_id"), "mentor_fact", ["mentor_id"])


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _carry_over() -> None:
    """What four columns said of each mentor, as facts; the day of a credential or renewal was never known."""
    known = sa.text(
        "SELECT id, owner_id, credential, renewed, specialization, specialization_since, created_at FROM mentor"
    )
    rows = []
    for one in op.get_bind().execute(known.execution_options(stream_results=False)).all():
        if one.credential != "none":
            rows.append(_row(one, "credential", one.credential, None))
            rows += [_row(one, "renewal", one.credential, None)] if one.renewed else []
        if one.specialization:
            rows.append(_row(one, "specialization", one.specialization, one.specialization_since))
    table = sa.table(
        "mentor_fact",
        *(sa.column(name) for name in ("public_id", "mentor_id", "kind", "level", "note", "reason", "added_by_id")),
        sa.column("held_from", sa.Date()),
        sa.column("added_at", MOMENT),
    )
    op.bulk_insert(table, rows)


def _row(one: sa.Row, kind: str, level: str, held_from: object) -> dict[str, object]:
    return {
        "public_id": secrets.token_urlsafe(16),
        "mentor_id": one.id,
        "kind": kind,
        "level": level,
        "note": "",
        "reason": "",
        "added_by_id": one.owner_id,
        "held_from": held_from,
        "added_at": one.created_at,
    }


def downgrade() -> None:
    op.add_column("mentor", sa.Column("credential", _word("mentorcredential", *LEVELS, "none"), nullable=True))
    op.add_column("mentor", sa.Column("renewed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("mentor", sa.Column("specialization", sa.String(), nullable=True))
    op.add_column("mentor", sa.Column("specialization_since", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_mentor_specialization_level"), "mentor", "specialization IN ('ACC', 'PCC', 'MCC')"
    )
    for statement in _AS_OF_TODAY:
        op.execute(statement)
    op.alter_column("mentor", "credential", nullable=False)
    op.alter_column("mentor", "renewed", server_default=None)
    for table in ("mentor_fact", "mentor_proof"):
        for statement in drop_append_only(table):
            op.execute(statement)
        op.drop_table(table)


_STANDING = """
  FROM mentor_fact f
 WHERE f.mentor_id = m.id AND f.withdraws_id IS NULL
   AND NOT EXISTS (SELECT 1 FROM mentor_fact w WHERE w.withdraws_id = f.id)
   AND coalesce(f.held_from, '-infinity') <= CURRENT_DATE AND coalesce(f.held_until, 'infinity') >= CURRENT_DATE
"""
_HIGHEST = "ORDER BY array_position(ARRAY['ACC', 'PCC', 'MCC'], f.level::text) DESC, f.held_from LIMIT 1"
_AS_OF_TODAY = (
    f"UPDATE mentor m SET credential = coalesce((SELECT f.level {_STANDING} AND f.kind <> 'specialization' {_HIGHEST}),"
    " 'none')",
    f"UPDATE mentor m SET renewed = EXISTS (SELECT 1 {_STANDING} AND f.kind = 'renewal' AND f.level = m.credential)",
    f"UPDATE mentor m SET specialization = (SELECT f.level {_STANDING} AND f.kind = 'specialization' {_HIGHEST}),"
    f" specialization_since = (SELECT f.held_from {_STANDING} AND f.kind = 'specialization' {_HIGHEST})",
)
