"""Keys that sign badges, the badges of certificates, and what holds a certificate back."""

from __future__ import annotations

import random
import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import append_only, drop_append_only

revision = "0012_badges"
down_revision = "0011_coaching_log"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _keys()
    _badges()
    _holds()
    for statement in append_only("badge"):
        op.execute(statement)


def _keys() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("sealed_private", sa.String(), nullable=False),
        sa.Column("public_jwk", JSONB(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signing_key_public_id")),
    )
    op.create_index(
        "uq_signing_key_in_use",
        "signing_key",
        [sa.text("(true)")],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )


def _badges() -> None:
    badge = op.create_table(
        "badge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("status_index", sa.BigInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("status_index >= 0 AND status_index < 131072", name=op.f("ck_badge_within_the_list")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_badge_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_badge_certificate_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_badge_public_id")),
        sa.UniqueConstraint("status_index", name=op.f("uq_badge_status_index")),
    )
    issued = op.get_bind().execute(sa.text("SELECT id, issued_at FROM certificate ORDER BY id")).all()
    places = random.SystemRandom().sample(range(131072), len(issued))
    rows = [
        {
            "public_id": secrets.token_urlsafe(16),
            "certificate_id": one.id,
            "status_index": place,
            "made_at": one.issued_at,
        }
        for one, place in zip(issued, places, strict=True)
    ]
    op.bulk_insert(badge, rows)


def _holds() -> None:
    op.create_table(
        "certificate_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_certificate_hold_a_reason")),
        sa.CheckConstraint("source IN ('tuition', 'staff')", name=op.f("ck_certificate_hold_holdsource")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_certificate_hold_enrollment_id_enrollment")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name=op.f("fk_certificate_hold_set_by_id_user")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["user.id"], name=op.f("fk_certificate_hold_lifted_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_hold")),
    )
    op.create_index(
        "uq_certificate_hold_open",
        "certificate_hold",
        ["enrollment_id", "source"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("certificate_hold")
    for statement in drop_append_only("badge"):
        op.execute(statement)
    op.drop_table("badge")
    op.drop_table("signing_key")
