"""Alembic inside the application: one chain, every table's change in it."""

from __future__ import annotations

from alembic import context
from flask import current_app

from foundation.db import Base, db


def run() -> None:
    connectable = context.config.attributes.get("connection") or db.engine
    with connectable.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


assert current_app, "run migrations through `flask --app app db ...`"
run()
