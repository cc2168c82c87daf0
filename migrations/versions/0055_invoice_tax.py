"""Tax in what employers are asked for, and in what a bank that won keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055_invoice_tax"
down_revision = "0054_erasures"
branch_labels = None
depends_on = None

NAME = "ck_money_entry_entrykind"
KINDS = "'charge', 'fee', 'refund', 'refund_failed', 'dispute', 'dispute_won', 'transfer', 'transfer_back'"
FITS = "ck_employer_invoice_tax_fits"


def upgrade() -> None:
    op.add_column("employer_invoice", sa.Column("tax_cents", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("employer_invoice", "tax_cents", server_default=None)
    op.create_check_constraint(op.f(FITS), "employer_invoice", "tax_cents BETWEEN 0 AND cents")
    _kinds(KINDS + ", 'dispute_lost'")


def downgrade() -> None:
    op.execute("ALTER TABLE money_entry DISABLE TRIGGER USER")
    op.execute("DELETE FROM money_entry WHERE kind = 'dispute_lost'")
    op.execute("ALTER TABLE money_entry ENABLE TRIGGER USER")
    _kinds(KINDS)
    op.drop_constraint(op.f(FITS), "employer_invoice", type_="check")
    op.drop_column("employer_invoice", "tax_cents")


def _kinds(words: str) -> None:
    op.drop_constraint(op.f(NAME), "money_entry", type_="check")
    op.create_check_constraint(op.f(NAME), "money_entry", f"kind IN ({words})")
