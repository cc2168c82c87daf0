"""What an order asks for day by day, each payment that came, ways to pay, and codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from foundation.db import append_only, drop_append_only

revision = "0015_dues_and_prices"
down_revision = "0014_credit_notes"
branch_labels = None
depends_on = None

DUES = """
INSERT INTO order_due (order_id, number, due_on, cents, currency, state, settled_at, tries)
SELECT id, 1, created_at::date, amount_cents, currency,
  CASE WHEN paid_at IS NOT NULL THEN 'paid'
    WHEN state IN ('expired', 'failed', 'cancelled') THEN 'void' ELSE 'open' END,
  paid_at, 0 FROM enrollment_order"""
PAYMENTS = """
INSERT INTO payment (order_id, due_number, cents, currency, payment_intent_id, charge_id, paid_at, facts)
SELECT e.order_id, 1, e.cents, e.currency,
  CASE WHEN row_number() OVER (PARTITION BY e.order_id ORDER BY e.id) = 1 THEN o.payment_intent_id END,
  e.stripe_id, e.at, e.facts
FROM money_entry e JOIN enrollment_order o ON o.id = e.order_id WHERE e.kind = 'charge' AND e.cents > 0"""
REFUNDS = """
UPDATE refund SET payment_id = (SELECT min(p.id) FROM payment p WHERE p.order_id = refund.order_id)"""


def upgrade() -> None:
    op.create_table(
        "price_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("cohort_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "full", "deposit", "instalments", name="plankind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("deposit_cents", sa.BigInteger(), nullable=True),
        sa.Column("balance_on", sa.Date(), nullable=True),
        sa.Column("instalments", sa.BigInteger(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'deposit' OR (deposit_cents > 0 AND deposit_cents < total_cents)",
            name=op.f("ck_price_plan_deposit_fits"),
        ),
        sa.CheckConstraint(
            "kind <> 'instalments' OR instalments BETWEEN 2 AND 36", name=op.f("ck_price_plan_instalments_fit")
        ),
        sa.CheckConstraint("total_cents >= 0", name=op.f("ck_price_plan_total_not_negative")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_price_plan_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_plan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_price_plan_public_id")),
    )
    op.create_index("ix_price_plan_cohort", "price_plan", ["cohort_id", "position"], unique=False)
    op.create_table(
        "promotion_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("program_id", sa.BigInteger(), nullable=True),
        sa.Column("cohort_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("uses", sa.BigInteger(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(percent IS NULL) <> (cents IS NULL)", name=op.f("ck_promotion_code_percent_or_cents")),
        sa.CheckConstraint(
            "cents IS NULL OR (cents > 0 AND currency IS NOT NULL)", name=op.f("ck_promotion_code_cents_fit")
        ),
        sa.CheckConstraint("percent IS NULL OR percent BETWEEN 1 AND 100", name=op.f("ck_promotion_code_percent_fits")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_promotion_code_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_promotion_code_created_by_id_user")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_promotion_code_program_id_program")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_code")),
        sa.UniqueConstraint("code", name=op.f("uq_promotion_code_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_promotion_code_public_id")),
    )
    op.create_index(op.f("ix_promotion_code_cohort_id"), "promotion_code", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_promotion_code_created_at"), "promotion_code", ["created_at"], unique=False)
    op.create_index(op.f("ix_promotion_code_created_by_id"), "promotion_code", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_promotion_code_program_id"), "promotion_code", ["program_id"], unique=False)
    op.create_table(
        "code_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("cents_off", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["promotion_code.id"], name=op.f("fk_code_use_code_id_promotion_code")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_code_use_order_id_enrollment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_use")),
        sa.UniqueConstraint("order_id", name=op.f("uq_code_use_order_id")),
    )
    op.create_index("ix_code_use_code", "code_use", ["code_id"], unique=False)
    op.create_table(
        "order_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "paid", "waived", "void", name="duestate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invoice_id", sa.String(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_order_due_cents_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_order_due_order_id_enrollment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_due")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_order_due_invoice_id")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_order_due_order_id_number")),
    )
    op.create_index("ix_order_due_state_due_on", "order_due", ["state", "due_on"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("due_number", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("payment_intent_id", sa.String(), nullable=True),
        sa.Column("charge_id", sa.String(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_payment_cents_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["enrollment_order.id"], name=op.f("fk_payment_order_id_enrollment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_payment_charge_id")),
        sa.UniqueConstraint("payment_intent_id", name=op.f("uq_payment_payment_intent_id")),
        info={"append_only": True},
    )
    op.create_index("ix_payment_order", "payment", ["order_id", "id"], unique=False)
    op.add_column("checkout_attempt", sa.Column("due_number", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("enrollment_order", sa.Column("list_cents", sa.BigInteger(), nullable=True))
    op.add_column(
        "enrollment_order",
        sa.Column(
            "plan_kind",
            sa.Enum(
                "full", "deposit", "instalments", name="plankind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
            server_default="full",
        ),
    )
    op.add_column("enrollment_order", sa.Column("plan_title", sa.String(), nullable=False, server_default="In full"))
    op.add_column("enrollment_order", sa.Column("subscription_id", sa.String(), nullable=True))
    op.add_column("enrollment_order", sa.Column("schedule_id", sa.String(), nullable=True))
    op.add_column("enrollment_order", sa.Column("customer_id", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_enrollment_order_schedule_id"), "enrollment_order", ["schedule_id"])
    op.create_unique_constraint(op.f("uq_enrollment_order_subscription_id"), "enrollment_order", ["subscription_id"])
    op.add_column("receipt", sa.Column("due_number", sa.BigInteger(), nullable=False, server_default="1"))
    op.drop_constraint(op.f("uq_receipt_order_id"), "receipt", type_="unique")
    op.create_unique_constraint(op.f("uq_receipt_order_id_due_number"), "receipt", ["order_id", "due_number"])
    op.add_column("refund", sa.Column("payment_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)
    op.create_foreign_key(op.f("fk_refund_payment_id_payment"), "refund", "payment", ["payment_id"], ["id"])
    op.execute("UPDATE enrollment_order SET list_cents = amount_cents")
    op.alter_column("enrollment_order", "list_cents", nullable=False)
    for table, column in (
        ("checkout_attempt", "due_number"),
        ("receipt", "due_number"),
        ("enrollment_order", "plan_kind"),
        ("enrollment_order", "plan_title"),
    ):
        op.alter_column(table, column, server_default=None)
    for statement in (DUES, PAYMENTS, REFUNDS, *append_only("payment")):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only("payment"):
        op.execute(statement)
    op.execute("ALTER TABLE receipt DISABLE TRIGGER USER")
    op.execute("DELETE FROM receipt WHERE due_number > 1")
    op.execute("ALTER TABLE receipt ENABLE TRIGGER USER")
    op.drop_constraint(op.f("fk_refund_payment_id_payment"), "refund", type_="foreignkey")
    op.drop_index(op.f("ix_refund_payment_id"), table_name="refund")
    op.drop_column("refund", "payment_id")
    op.drop_constraint(op.f("uq_receipt_order_id_due_number"), "receipt", type_="unique")
    op.create_unique_constraint(op.f("uq_receipt_order_id"), "receipt", ["order_id"])
    op.drop_column("receipt", "due_number")
    op.drop_constraint(op.f("uq_enrollment_order_subscription_id"), "enrollment_order", type_="unique")
    op.drop_constraint(op.f("uq_enrollment_order_schedule_id"), "enrollment_order", type_="unique")
    op.drop_column("enrollment_order", "customer_id")
    op.drop_column("enrollment_order", "schedule_id")
    op.drop_column("enrollment_order", "subscription_id")
    op.drop_column("enrollment_order", "plan_title")
    op.drop_column("enrollment_order", "plan_kind")
    op.drop_column("enrollment_order", "list_cents")
    op.drop_column("checkout_attempt", "due_number")
    op.drop_index("ix_payment_order", table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_order_due_state_due_on", table_name="order_due")
    op.drop_table("order_due")
    op.drop_index("ix_code_use_code", table_name="code_use")
    op.drop_table("code_use")
    op.drop_index(op.f("ix_promotion_code_program_id"), table_name="promotion_code")
    op.drop_index(op.f("ix_promotion_code_created_by_id"), table_name="promotion_code")
    op.drop_index(op.f("ix_promotion_code_created_at"), table_name="promotion_code")
    op.drop_index(op.f("ix_promotion_code_cohort_id"), table_name="promotion_code")
    op.drop_table("promotion_code")
    op.drop_index("ix_price_plan_cohort", table_name="price_plan")
    op.drop_table("price_plan")
