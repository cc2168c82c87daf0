"""The completion clock of an enrollment, each change of it, and fees for more time among an order's parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0045_completion_clock"
down_revision = "0044_carried_lines"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("begun", "moved", "bought", "given", "paused", "resumed", "ended")


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("access_until", sa.Date(), nullable=True))
    op.add_column("enrollment", sa.Column("access_ended_at", MOMENT, nullable=True))
    op.add_column("enrollment", sa.Column("paused_since", sa.Date(), nullable=True))
    op.create_index(
        "ix_enrollment_access_until",
        "enrollment",
        ["access_until"],
        postgresql_where=sa.text("access_ended_at IS NULL"),
    )
    kind = sa.Enum("tuition", "extension", name="duekind", native_enum=False, create_constraint=True, length=32)
    op.add_column("order_due", sa.Column("kind", kind, nullable=False, server_default="tuition"))
    op.alter_column("order_due", "kind", server_default=None)
    _changes()
    _start_clocks()


def _changes() -> None:
    kinds = sa.Enum(*KINDS, name="accesskind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "access_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("was_until", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollment.id"], name=op.f("fk_access_change_enrollment_id_enrollment")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_access_change_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_change")),
    )
    op.create_index("ix_access_change_enrollment", "access_change", ["enrollment_id", "id"])
    op.create_index("uq_access_change_key", "access_change", ["key"], unique=True)
    op.create_index(op.f("ix_access_change_by_id"), "access_change", ["by_id"])
    for statement in append_only("access_change"):
        op.execute(statement)


def _start_clocks() -> None:
    """For who is in already, by the rules of their order; nobody is cut off without sixty days' notice."""
    op.execute(
        """
        UPDATE enrollment SET access_until = told.until FROM (
            SELECT enrollment.id, (cohort.starts_on + make_interval(months => COALESCE((
                SELECT (kept.terms ->> 'completion_months')::int FROM order_terms kept
                JOIN enrollment_order bought ON bought.id = kept.order_id
                WHERE bought.enrollment_id = enrollment.id ORDER BY kept.order_id DESC LIMIT 1), 24)))::date AS until
            FROM enrollment JOIN cohort ON cohort.id = enrollment.cohort_id
        ) told
        WHERE told.id = enrollment.id AND enrollment.state NOT IN ('completed', 'withdrawn')
        AND told.until > current_date + 61
        """
    )


def downgrade() -> None:
    for statement in drop_append_only("access_change"):
        op.execute(statement)
    op.drop_table("access_change")
    op.execute("DELETE FROM order_due WHERE kind = 'extension' AND state <> 'paid'")
    op.drop_column("order_due", "kind")
    op.drop_index("ix_enrollment_access_until", "enrollment")
    for name in ("paused_since", "access_ended_at", "access_until"):
        op.drop_column("enrollment", name)
