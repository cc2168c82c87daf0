"""Reports of meeting rooms, brought to a class and saved to its sheet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_attendance_reports"
down_revision = "0016_mentor_file"
branch_labels = None
depends_on = None

STATES = ("shown", "saved")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "attendance_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("live_class_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="reportstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("picks", postgresql.JSONB(), nullable=False),
        sa.Column("sealed_file", sa.String(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("brought_by_id", sa.BigInteger(), nullable=False),
        sa.Column("brought_at", moment, nullable=False),
        sa.Column("saved_by_id", sa.BigInteger()),
        sa.Column("saved_at", moment),
        sa.ForeignKeyConstraint(
            ["live_class_id"], ["live_class.id"], name=op.f("fk_attendance_report_live_class_id_live_class")
        ),
        sa.ForeignKeyConstraint(["brought_by_id"], ["user.id"], name=op.f("fk_attendance_report_brought_by_id_user")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_attendance_report_saved_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attendance_report_public_id")),
    )
    op.create_index("ix_attendance_report_class", "attendance_report", ["live_class_id", "id"])
    op.create_index(
        "uq_attendance_report_saved_once",
        "attendance_report",
        ["live_class_id", "digest"],
        unique=True,
        postgresql_where=sa.text("state = 'saved'"),
    )


def downgrade() -> None:
    op.drop_table("attendance_report")
