"""Make-ups: a cohort's rule, a class's recording, and what people hand in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031_make_ups"
down_revision = "0030_waitlist"
branch_labels = None
depends_on = None

STATES = ("handed_in", "accepted", "returned", "withdrawn", "taken_back")


def upgrade() -> None:
    op.add_column("live_class", sa.Column("recording_url", sa.String(), server_default="", nullable=False))
    op.add_column("live_class", sa.Column("can_be_made_up", sa.Boolean(), server_default=sa.true(), nullable=False))
    _make_rules()
    _make_make_ups()


def _make_rules() -> None:
    op.create_table(
        "make_up_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=False),
        sa.Column("by_recording", sa.Boolean(), nullable=False),
        sa.Column("by_live", sa.Boolean(), nullable=False),
        sa.Column("takeaways_words", sa.BigInteger(), nullable=False),
        sa.Column("practice_minutes", sa.BigInteger(), nullable=False),
        sa.Column("within_days", sa.BigInteger(), nullable=False),
        sa.Column("at_most", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("set_by_id", sa.BigInteger()),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("by_recording OR by_live", name=op.f("ck_make_up_rule_some_way")),
        sa.CheckConstraint(
            "takeaways_words >= 0 AND practice_minutes >= 0 AND at_most >= 0", name=op.f("ck_make_up_rule_not_negative")
        ),
        sa.CheckConstraint("within_days > 0", name=op.f("ck_make_up_rule_some_days")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_make_up_rule_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name=op.f("fk_make_up_rule_set_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_up_rule")),
        sa.UniqueConstraint("cohort_id", name=op.f("uq_make_up_rule_cohort_id")),
    )


def _make_make_ups() -> None:
    moment = sa.DateTime(timezone=True)
    ways = sa.Enum("recording", "live", name="way", native_enum=False, create_constraint=True, length=32)
    states = sa.Enum(*STATES, name="makeupstate", native_enum=False, create_constraint=True, length=32)
    foreign = {
        "live_class_id": "live_class",
        "enrollment_id": "enrollment",
        "entry_id": "ledger_entry",
        "decided_by_id": "user",
    }
    op.create_table(
        "make_up",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("live_class_id", sa.BigInteger(), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("way", ways, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("takeaways", sa.String(), nullable=False),
        sa.Column("practice_minutes", sa.BigInteger(), nullable=False),
        sa.Column("practice_with", sa.String(), nullable=False),
        sa.Column("live_with", sa.String(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger()),
        sa.Column("handed_in_at", moment, nullable=False),
        sa.Column("decided_at", moment),
        sa.Column("decided_by_id", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("practice_minutes >= 0", name=op.f("ck_make_up_practice_not_negative")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_make_up_{column}_{table}"))
            for column, table in foreign.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_up")),
        sa.UniqueConstraint("public_id", name=op.f("uq_make_up_public_id")),
        sa.UniqueConstraint(
            "live_class_id", "enrollment_id", "number", name=op.f("uq_make_up_live_class_id_enrollment_id_number")
        ),
    )
    op.create_index(op.f("ix_make_up_enrollment_id"), "make_up", ["enrollment_id"])
    standing, waiting = sa.text("state IN ('handed_in', 'accepted')"), sa.text("state = 'handed_in'")
    op.create_index(
        "uq_make_up_standing", "make_up", ["live_class_id", "enrollment_id"], unique=True, postgresql_where=standing
    )
    op.create_index("ix_make_up_waiting", "make_up", ["handed_in_at"], postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("make_up")
    op.drop_table("make_up_rule")
    op.drop_column("live_class", "can_be_made_up")
    op.drop_column("live_class", "recording_url")
