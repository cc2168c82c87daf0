"""The real servers that the suite runs on: PostgreSQL with a migrated template, Valkey; both kept between runs."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import fasteners
import psutil
import psycopg

from foundation.embedded import start_postgres, start_valkey

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "test"
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def admin_url() -> str:
    VAR.mkdir(parents=True, exist_ok=True)
    return start_postgres(VAR, tuned=HASTE)


def migrations_mark() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def named(url: str, database: str) -> str:
    return url.replace("/practicum?", f"/{database}?", 1)


def own_database() -> str:
    """A database of this process alone, copied from the migrated template."""
    url, template, mine = admin_url(), f"template_{migrations_mark()}", f"t_{os.getpid()}"
    with fasteners.InterProcessLock(VAR / ".template.lock"):
        with psycopg.connect(url, autocommit=True) as connection:
            _drop_orphans(connection)
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{template}_new"')
        if not known:
            _migrate(named(url, f"{template}_new"))
        with psycopg.connect(url, autocommit=True) as connection:
            if not known:
                connection.execute(f'ALTER DATABASE "{template}_new" RENAME TO "{template}"')
            connection.execute(f'DROP DATABASE IF EXISTS "{mine}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{mine}" TEMPLATE "{template}"')
    return named(url, mine)


def drop(url: str) -> None:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "t_{os.getpid()}" WITH (FORCE)')


def _drop_orphans(connection: psycopg.Connection) -> None:
    for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'").fetchall():
        if not psutil.pid_exists(int(name[2:])):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE '%\\_new'").fetchall():
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _migrate(url: str) -> None:
    from flask_migrate import upgrade

    from app import create_app
    from foundation.config import Settings
    from foundation.db import db

    app = create_app(Settings(env="test", database_url=url, redis_url="redis://127.0.0.1:1/0", var=str(VAR)))
    with app.app_context():
        upgrade()
        db.engine.dispose()


def valkey() -> str:
    return start_valkey(VAR)
