"""Prior learning: claims with a document, and what was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034_prior_learning"
down_revision = "0033_coaching_forms"
branch_labels = None
depends_on = None

STATES = ("handed_in", "approved", "declined", "withdrawn", "taken_back")
ACCREDITATIONS = ("level1", "level2", "level3", "actp", "acsth", "cce", "none")
PARTS = ("live_core", "live_resource", "own_core", "own_resource")
SOME_MINUTES = (
    "live_core >= 0 AND live_resource >= 0 AND own_core >= 0 AND own_resource >= 0 "
    "AND live_core + live_resource + own_core + own_resource > 0"
)


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    foreign = {"user_id": "user", "enrollment_id": "enrollment", "decided_by_id": "user"}
    op.create_table(
        "prior_learning",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger()),
        sa.Column("state", _word(STATES, "claimstate"), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("accreditation", _word(ACCREDITATIONS, "accreditation"), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in PARTS),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("document_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("granted", postgresql.JSONB(), nullable=False),
        sa.Column("handed_in_at", moment, nullable=False),
        sa.Column("decided_at", moment),
        sa.Column("decided_by_id", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(SOME_MINUTES, name=op.f("ck_prior_learning_some_minutes")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_prior_learning_ends_after_it_begins")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_prior_learning_{column}_{table}"))
            for column, table in foreign.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prior_learning")),
        sa.UniqueConstraint("public_id", name=op.f("uq_prior_learning_public_id")),
    )
    op.create_index("ix_prior_learning_user", "prior_learning", ["user_id", "id"])
    op.create_index(op.f("ix_prior_learning_enrollment_id"), "prior_learning", ["enrollment_id"])
    waiting, stands = sa.text("state = 'handed_in'"), sa.text("state IN ('handed_in', 'approved')")
    op.create_index("ix_prior_learning_waiting", "prior_learning", ["handed_in_at"], postgresql_where=waiting)
    op.create_index(
        "uq_prior_learning_document", "prior_learning", ["user_id", "sha256"], unique=True, postgresql_where=stands
    )


def downgrade() -> None:
    op.drop_table("prior_learning")
