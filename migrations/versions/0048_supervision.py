"""Coaching supervision among the units of a renewal, which ICF counts up to a limit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048_supervision"
down_revision = "0047_performance"
branch_labels = None
depends_on = None

BELOW, ABSURD = "ck_cce_unit_no_minutes_below_zero", "ck_cce_unit_no_absurd_unit"
KINDS = ("core_minutes", "ethics_minutes", "resource_minutes")


def upgrade() -> None:
    column = sa.Column("supervision_minutes", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("cce_unit", column)
    op.alter_column("cce_unit", "supervision_minutes", server_default=None)
    _checked(*KINDS, "supervision_minutes")


def downgrade() -> None:
    """Supervision counts as core: its minutes go back to where they would have been noted."""
    op.execute("UPDATE cce_unit SET core_minutes = core_minutes + supervision_minutes, supervision_minutes = 0")
    _checked(*KINDS)
    op.drop_column("cce_unit", "supervision_minutes")


def _checked(*kinds: str) -> None:
    for name in (BELOW, ABSURD):
        op.drop_constraint(op.f(name), "cce_unit", type_="check")
    op.create_check_constraint(op.f(BELOW), "cce_unit", " AND ".join(f"{kind} >= 0" for kind in kinds))
    op.create_check_constraint(op.f(ABSURD), "cce_unit", f"{' + '.join(kinds)} BETWEEN 1 AND 6000")
