"""Employers pay by invoice: invoices and their numbers, bank transfers, credit notes for what is cancelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038_employer_invoices"
down_revision = "0037_timetable"
branch_labels = None
depends_on = None

PLANS = ("full", "deposit", "instalments")
ORDERS = ("draft", "pending", "processing", "paid", "paid_no_seat", "part_refunded", "refunded", "disputed", "lost")
ORDERS += ("expired", "failed", "cancelled", "review")
ENTRIES = ("charge", "fee", "refund", "refund_failed", "dispute", "dispute_won")
NEEDED = (
    ("price_plan", "kind", "plankind", PLANS, ("invoice",)),
    ("enrollment_order", "plan_kind", "plankind", PLANS, ("invoice",)),
    ("enrollment_order", "state", "orderstate", ORDERS, ("invoiced",)),
    ("money_entry", "kind", "entrykind", ENTRIES, ("transfer", "transfer_back")),
)


def _words(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    told = ", ".join(repr(word) for word in words)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({told})")


def upgrade() -> None:
    for table, column, name, before, more in NEEDED:
        _words(table, column, name, before + more)
    op.add_column("price_plan", sa.Column("invoice_days", sa.BigInteger(), nullable=True))
    op.add_column("price_plan", sa.Column("lets_in", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("price_plan", "lets_in", server_default=None)
    fits = "kind <> 'invoice' OR invoice_days BETWEEN 0 AND 120"
    op.create_check_constraint(op.f("ck_price_plan_invoice_days_fit"), "price_plan", fits)
    op.create_table(
        "invoice_counter",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_invoice_counter")),
    )
    _invoices()
    op.alter_column("credit_note", "refund_id", nullable=True)
    op.add_column("credit_note", sa.Column("invoice_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_credit_note_invoice_id_employer_invoice"), "credit_note", "employer_invoice", ["invoice_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_credit_note_invoice_id"), "credit_note", ["invoice_id"])
    one = "(refund_id IS NULL) <> (invoice_id IS NULL)"
    op.create_check_constraint(op.f("ck_credit_note_for_a_refund_or_an_invoice"), "credit_note", one)


def _invoices() -> None:
    moment = sa.DateTime(timezone=True)
    states = ("open", "part_paid", "paid", "cancelled")
    state = sa.Enum(*states, name="invoicestate", native_enum=False, create_constraint=True, length=32)
    texts = ("number", "company", "address", "tax_number", "purchase_order", "billing_email", "currency", "reason")
    op.create_table(
        "employer_invoice",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("year", "serial", "cents")),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_let_in", sa.Boolean(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("cancelled_at", moment),
        sa.Column("cancelled_by_id", sa.BigInteger()),
        sa.CheckConstraint("cents > 0", name=op.f("ck_employer_invoice_cents_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_employer_invoice_order_id_enrollment_order")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["user.id"], name=op.f("fk_employer_invoice_cancelled_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_invoice")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_employer_invoice_{name}"))
            for name in ("public_id", "order_id", "number")
        ),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_employer_invoice_year_serial")),
    )
    op.create_index("ix_employer_invoice_state", "employer_invoice", ["state", "due_on"])
    for name in ("issued_at", "cancelled_by_id"):
        op.create_index(op.f(f"ix_employer_invoice_{name}"), "employer_invoice", [name])


def downgrade() -> None:
    op.drop_constraint(op.f("ck_credit_note_for_a_refund_or_an_invoice"), "credit_note", type_="check")
    op.drop_column("credit_note", "invoice_id")
    op.alter_column("credit_note", "refund_id", nullable=False)
    op.drop_table("employer_invoice")
    op.drop_table("invoice_counter")
    op.drop_constraint(op.f("ck_price_plan_invoice_days_fit"), "price_plan", type_="check")
    op.drop_column("price_plan", "lets_in")
    op.drop_column("price_plan", "invoice_days")
    for table, column, name, before, _ in NEEDED:
        _words(table, column, name, before)
