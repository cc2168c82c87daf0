"""Keeping: a document lies under `uploads/` by the digest of its bytes, so that kept twice it is kept once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from flask import current_app

from foundation.errors import NotFound
from foundation.uploads import Document


def keep(document: Document) -> None:
    """Write the bytes before their row: a row that fails leaves a file that nobody can name, and no row lacks one."""
    target = path_of(document.sha256)
    if _touched(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staging = target.with_name(f".{target.name}.{os.getpid()}.{id(document)}")
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(document.content)
    staging.replace(target)


def _touched(target: Path) -> bool:
    """Kept anew it counts as young, so that no sweep takes it away before its row is there. False where it is not."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def content_of(sha256: str) -> bytes:
    """The bytes as they came. Raises NotFound where they are gone, or are not those any more."""
    try:
        content = path_of(sha256).read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound
    return content


def folder() -> Path:
    """Where all of them lie."""
    home: Path = current_app.config["SETTINGS"].var_path
    return home / "uploads" / "prior-learning"


def path_of(sha256: str) -> Path:
    """Where one of them lies, or would lie."""
    return folder() / sha256[:2] / sha256
