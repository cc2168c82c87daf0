"""Certificates of partial completion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046_partial_certificates"
down_revision = "0045_completion_clock"
branch_labels = None
depends_on = None

KIND = sa.Enum("completion", "partial", name="certificatekind", native_enum=False, create_constraint=False, length=32)
CHECK = "ck_certificate_certificatekind"


def upgrade() -> None:
    op.add_column("certificate", sa.Column("kind", KIND, server_default="completion", nullable=False))
    op.alter_column("certificate", "kind", server_default=None)
    op.create_check_constraint(op.f(CHECK), "certificate", "kind IN ('completion', 'partial')")


def downgrade() -> None:
    op.drop_constraint(op.f(CHECK), "certificate", type_="check")
    op.drop_column("certificate", "kind")
