"""Session Observation and Competency Review Forms: versions, sealed, and signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0033_coaching_forms"
down_revision = "0032_changes"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _forms()
    op.create_table(
        "form_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sealed_content", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["coaching_form.id"], name=op.f("fk_form_version_form_id_coaching_form")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_form_version_saved_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_form_version_form_id_number")),
    )
    op.create_table(
        "form_signature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("role", _word("signerrole", "author", "trainee"), nullable=False),
        sa.Column("signer_id", sa.BigInteger(), nullable=False),
        sa.Column("signer_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["coaching_form.id"], name=op.f("fk_form_signature_form_id_coaching_form")
        ),
        sa.ForeignKeyConstraint(["signer_id"], ["user.id"], name=op.f("fk_form_signature_signer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_signature")),
        sa.UniqueConstraint("form_id", "number", "role", name=op.f("uq_form_signature_form_id_number_role")),
    )
    for statement in append_only("form_signature"):
        op.execute(statement)


def _forms() -> None:
    op.create_table(
        "coaching_form",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", _word("formkind", "session_observation", "competency_review"), nullable=False),
        sa.Column("level", _word("level", "ACC", "PCC", "MCC"), nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("mentor_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("about_on", sa.Date(), nullable=False),
        sa.Column("state", _word("formstate", "draft", "offered", "signed", "dropped"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sealed_word", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("offered_at", MOMENT, nullable=True),
        sa.Column("signed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_coaching_form_author_id_user")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_coaching_form_mentor_id_mentor")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_coaching_form_user_id_user")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["mentor_session.id"], name=op.f("fk_coaching_form_session_id_mentor_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_form")),
        sa.UniqueConstraint("public_id", name=op.f("uq_coaching_form_public_id")),
    )
    op.create_index("ix_coaching_form_author", "coaching_form", ["author_id", "id"])
    op.create_index("ix_coaching_form_user", "coaching_form", ["user_id", "kind", "id"])
    op.create_index("ix_coaching_form_session", "coaching_form", ["session_id"])


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    for statement in drop_append_only("form_signature"):
        op.execute(statement)
    op.drop_table("form_signature")
    op.drop_table("form_version")
    op.drop_table("coaching_form")
