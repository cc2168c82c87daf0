"""The waitlist, and how long an offer of it lasts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_waitlist"
down_revision = "0029_assessments"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("waiting", "offered", "accepted", "lapsed", "left", "declined")


def upgrade() -> None:
    op.add_column("cohort", sa.Column("offer_hours", sa.BigInteger(), nullable=False, server_default="24"))
    op.alter_column("cohort", "offer_hours", server_default=None)
    op.create_check_constraint(op.f("ck_cohort_an_offer_lasts"), "cohort", "offer_hours BETWEEN 1 AND 336")
    state = sa.Enum(*STATES, name="waitliststate", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("seat_id", sa.BigInteger(), nullable=True),
        sa.Column("state", state, nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("offered_at", MOMENT, nullable=True),
        sa.Column("offered_until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state <> 'offered' OR offered_until IS NOT NULL", name=op.f("ck_waitlist_entry_an_offer_ends")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_waitlist_entry_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_waitlist_entry_seat_id_seat")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_waitlist_entry_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waitlist_entry_public_id")),
    )
    op.create_index("ix_waitlist_entry_line", "waitlist_entry", ["cohort_id", "state", "rank", "id"])
    op.create_index(op.f("ix_waitlist_entry_seat_id"), "waitlist_entry", ["seat_id"])
    op.create_index(
        "uq_waitlist_entry_in_line",
        "waitlist_entry",
        ["user_id", "cohort_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )


def downgrade() -> None:
    op.drop_table("waitlist_entry")
    op.drop_constraint(op.f("ck_cohort_an_offer_lasts"), "cohort", type_="check")
    op.drop_column("cohort", "offer_hours")
