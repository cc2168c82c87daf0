"""Mentors' free hours, and who has booked them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_mentor_slots"
down_revision = "0026_renewal_wallet"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mentor_slot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("mentor_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("state", _word("slotstate", "open", "called_off", "held"), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("held_at", MOMENT, nullable=True),
        sa.CheckConstraint("minutes BETWEEN 15 AND 240", name=op.f("ck_mentor_slot_a_session_s_length")),
        sa.CheckConstraint("places BETWEEN 1 AND 10", name=op.f("ck_mentor_slot_places_of_a_group")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_mentor_slot_mentor_id_mentor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_slot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mentor_slot_public_id")),
    )
    is_open = sa.text("state = 'open'")
    op.create_index("ix_mentor_slot_starts", "mentor_slot", ["starts_at"], postgresql_where=is_open)
    op.create_index(
        "uq_mentor_slot_open", "mentor_slot", ["mentor_id", "starts_at"], unique=True, postgresql_where=is_open
    )
    op.create_index("ix_mentor_slot_mentor", "mentor_slot", ["mentor_id", "starts_at"])
    op.create_table(
        "mentor_booking",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            _word("bookingstate", "booked", "given_up", "called_off", "attended", "missed"),
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["mentor_slot.id"], name=op.f("fk_mentor_booking_slot_id_mentor_slot")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mentor_booking_user_id_user")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["mentor_session.id"], name=op.f("fk_mentor_booking_session_id_mentor_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_booking")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mentor_booking_public_id")),
    )
    op.create_index("ix_mentor_booking_slot", "mentor_booking", ["slot_id"])
    op.create_index("ix_mentor_booking_user", "mentor_booking", ["user_id", "id"])
    op.create_index(
        "uq_mentor_booking_open",
        "mentor_booking",
        ["slot_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'booked'"),
    )


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    op.drop_table("mentor_booking")
    op.drop_table("mentor_slot")
