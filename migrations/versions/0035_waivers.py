"""Waivers as lines of their own, with those that only the log knew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from foundation.db import append_only, drop_append_only

revision = "0035_waivers"
down_revision = "0034_prior_learning"
branch_labels = None
depends_on = None

FROM_THE_LOG = """
INSERT INTO waiver (due_id, kind, cents, currency, reason, given_by_id, at)
SELECT d.id, 'waiver', CASE a.verb WHEN 'due.waived' THEN d.cents ELSE -d.cents END, d.currency,
       coalesce(a.facts->>'reason', ''), (SELECT u.id FROM "user" u WHERE u.id = a.actor_id), a.at
FROM audit_line a
JOIN order_due d ON d.order_id = a.subject_id AND d.number = (a.facts->>'due')::bigint
WHERE a.subject_type = 'enrollment_order' AND a.verb IN ('due.waived', 'due.asked_again') AND d.cents <> 0
ORDER BY a.id
"""


def upgrade() -> None:
    kind = sa.Enum("waiver", "scholarship", name="waiverkind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "waiver",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("due_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_by_id", sa.BigInteger()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents <> 0", name=op.f("ck_waiver_cents_not_zero")),
        sa.ForeignKeyConstraint(["due_id"], ["order_due.id"], name=op.f("fk_waiver_due_id_order_due")),
        sa.ForeignKeyConstraint(["given_by_id"], ["user.id"], name=op.f("fk_waiver_given_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    op.create_index("ix_waiver_due", "waiver", ["due_id", "id"])
    for name in ("given_by_id", "at"):
        op.create_index(op.f(f"ix_waiver_{name}"), "waiver", [name])
    op.execute(FROM_THE_LOG)
    for statement in append_only("waiver"):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only("waiver"):
        op.execute(statement)
    op.drop_table("waiver")
