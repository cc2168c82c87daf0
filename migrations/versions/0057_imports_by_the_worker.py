"""A large log is read, taken over and undone by the worker, some rows at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057_imports_by_the_worker"
down_revision = "0056_part_waivers"
branch_labels = None
depends_on = None

CHECK = "ck_log_import_importstate"
WAS = "'shown', 'taken', 'undone'"
IS = "'reading', 'refused', 'shown', 'taking', 'taken', 'undoing', 'undone'"


def upgrade() -> None:
    _states(IS)
    op.add_column("log_import", sa.Column("sealed_look", sa.String(), nullable=False, server_default=""))
    op.add_column("log_import", sa.Column("steps", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("log_import", sa.Column("done", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE log_import SET state = 'reading' WHERE state = 'shown'")
    op.create_check_constraint(op.f("ck_log_import_done_within_steps"), "log_import", "done BETWEEN 0 AND steps")
    under_way = sa.text("state IN ('reading', 'taking', 'undoing')")
    op.create_index("ix_log_import_under_way", "log_import", ["id"], postgresql_where=under_way)


def downgrade() -> None:
    op.drop_index("ix_log_import_under_way", table_name="log_import")
    op.drop_constraint(op.f("ck_log_import_done_within_steps"), "log_import", type_="check")
    for column in ("done", "steps", "sealed_look"):
        op.drop_column("log_import", column)
    op.execute("DELETE FROM log_import WHERE state IN ('reading', 'refused')")
    op.execute("UPDATE log_import SET state = 'taken' WHERE state IN ('taking', 'undoing')")
    _states(WAS)


def _states(words: str) -> None:
    op.drop_constraint(op.f(CHECK), "log_import", type_="check")
    op.create_check_constraint(op.f(CHECK), "log_import", f"state IN ({words})")
