"""Erasures: who asked, from when; where a person is erased, words can be taken out of facts and nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import ONLY_ERASES, erasable, guard_again

revision = "0054_erasures"
down_revision = "0053_accreditation_packs"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WORDS = {
    "audit_line": ("facts",),
    "application_note": ("text",),
    "access_change": ("reason",),
    "attendance": ("reason",),
    "quiz_attempt": ("answers",),
    "mentor_proof": ("name", "content"),
    "mentor_fact": ("note", "reason"),
    "held_credential": ("number",),
    "ledger_entry": ("reason", "evidence"),
    "certificate": ("facts",),
    "certificate_revocation": ("reason",),
    "assessment": ("answer",),
    "review_decision": ("reason",),
    "cce_document": ("name", "content"),
    "evaluation_verdict": ("sealed_content",),
    "evaluation_seen": ("signer_name",),
    "form_signature": ("signer_name",),
    "waiver": ("reason",),
}


def upgrade() -> None:
    op.add_column("user", sa.Column("erasure_due_at", MOMENT))
    op.add_column("user", sa.Column("erased_at", MOMENT))
    op.create_index("ix_user_erased", "user", ["id"], postgresql_where=sa.text("erased_at IS NOT NULL"))
    wish = sa.Column("at_wish", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("certificate_revocation", wish)
    _erasures()
    op.execute(ONLY_ERASES)
    for table, columns in WORDS.items():
        op.execute(erasable(table, *columns))


def downgrade() -> None:
    for table in WORDS:
        op.execute(guard_again(table))
    op.execute("DROP FUNCTION only_erases(jsonb, jsonb, text[])")
    op.drop_table("erasure")
    op.drop_column("certificate_revocation", "at_wish")
    op.drop_index("ix_user_erased", "user")
    op.drop_column("user", "erased_at")
    op.drop_column("user", "erasure_due_at")


def _erasures() -> None:
    name, words = "erasure", ("waiting", "taken_back", "done")
    state = sa.Enum(*words, name="erasurestate", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("withdraws", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("by_id", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_words", sa.String(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("leftovers", JSONB(), nullable=False),
        sa.CheckConstraint("by_id IS NULL OR length(reason) > 0", name=op.f(f"ck_{name}_at_once_with_a_reason")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{name}_user_id_user")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f(f"fk_{name}_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    op.create_index(f"ix_{name}_state", name, ["state", "due_at"])
    op.create_index(f"ix_{name}_user", name, ["user_id"])
    op.create_index(op.f(f"ix_{name}_by_id"), name, ["by_id"])
    waits = sa.text("state = 'waiting'")
    op.create_index(f"uq_{name}_waiting", name, ["user_id"], unique=True, postgresql_where=waits)
