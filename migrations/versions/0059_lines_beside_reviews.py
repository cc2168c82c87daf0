"""What a line says beside its review, so that open lines are added up from one index; and a reversal cancels its line.

The unique index of reversals leaves out the lines that are none, which are nearly all: another index takes its place
in what a line costs to write, of minutes by kind.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059_lines_beside_reviews"
down_revision = "0058_merged_clients"
branch_labels = None
depends_on = None

TAKES_BACK = sa.text("reverses_id IS NOT NULL")
OPEN = sa.text("state <> 'checked'")
KINDS = ("education", "coaching", "mentor", "observed", "cce")
REPEATED = ("kind", "synchronous", "enrollment_id", "minutes", "core_minutes")
TOLD = ("user_id", *REPEATED)
REPEATS = f"""CREATE FUNCTION ledger_review_repeats_its_line() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT {", ".join(TOLD)} INTO {", ".join(f"NEW.{name}" for name in TOLD)}
        FROM ledger_entry WHERE id = NEW.entry_id;
        RETURN NEW;
    END $$"""
REPEATING = f"""CREATE TRIGGER ledger_review_repeats BEFORE INSERT OR UPDATE OF entry_id, {", ".join(TOLD)}
    ON ledger_review FOR EACH ROW EXECUTE FUNCTION ledger_review_repeats_its_line()"""
CANCELS = """CREATE FUNCTION ledger_entry_reversal_cancels() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM ledger_entry line WHERE line.id = NEW.reverses_id AND line.reverses_id IS NULL
            AND (line.user_id, line.kind, line.synchronous, line.minutes, line.core_minutes, line."on")
              = (NEW.user_id, NEW.kind, NEW.synchronous, -NEW.minutes, -NEW.core_minutes, NEW."on")
            AND line.enrollment_id IS NOT DISTINCT FROM NEW.enrollment_id
        ) THEN RAISE EXCEPTION 'a reversal cancels its line to the minute' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW;
    END $$"""
CANCELLING = """CREATE TRIGGER ledger_entry_cancels BEFORE INSERT ON ledger_entry FOR EACH ROW
    WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION ledger_entry_reversal_cancels()"""


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32)
    types = (kind, sa.Boolean(), sa.BigInteger(), sa.Integer(), sa.Integer())
    for name, of in zip(REPEATED, types, strict=True):
        op.add_column("ledger_review", sa.Column(name, of))
    told = ", ".join(f"{name} = line.{name}" for name in REPEATED)
    op.execute(f"UPDATE ledger_review SET {told} FROM ledger_entry line WHERE line.id = entry_id")
    for name in REPEATED:
        op.alter_column("ledger_review", name, nullable=name == "enrollment_id")
    for statement in (REPEATS, REPEATING, CANCELS, CANCELLING):
        op.execute(statement)
    _cover_open(["entry_id", "state", *REPEATED])
    op.create_index("ix_ledger_entry_kind_minutes", "ledger_entry", ["kind", "minutes"])
    op.create_index(
        "ix_ledger_entry_taken_back", "ledger_entry", ["user_id", "reverses_id"], postgresql_where=TAKES_BACK
    )
    op.drop_constraint("uq_ledger_entry_reverses_id", "ledger_entry", type_="unique")
    op.create_index(
        "uq_ledger_entry_reverses_id", "ledger_entry", ["reverses_id"], unique=True, postgresql_where=TAKES_BACK
    )


def downgrade() -> None:
    op.drop_index("uq_ledger_entry_reverses_id", "ledger_entry")
    op.create_unique_constraint(op.f("uq_ledger_entry_reverses_id"), "ledger_entry", ["reverses_id"])
    op.drop_index("ix_ledger_entry_taken_back", "ledger_entry")
    op.drop_index("ix_ledger_entry_kind_minutes", "ledger_entry")
    op.execute("DROP TRIGGER ledger_entry_cancels ON ledger_entry")
    op.execute("DROP FUNCTION ledger_entry_reversal_cancels()")
    op.execute("DROP TRIGGER ledger_review_repeats ON ledger_review")
    op.execute("DROP FUNCTION ledger_review_repeats_its_line()")
    _cover_open(["entry_id", "state"])
    for name in reversed(REPEATED):
        op.drop_column("ledger_review", name)


def _cover_open(included: list[str]) -> None:
    op.drop_index("ix_ledger_review_open", "ledger_review")
    op.create_index(
        "ix_ledger_review_open", "ledger_review", ["user_id"], postgresql_include=included, postgresql_where=OPEN
    )
