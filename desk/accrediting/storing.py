"""Where packs lie: `var/packs/`, each under its own name, beside it the documents that are typeset already."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import current_app

from credentials.models import AccreditationPack


def file_of(pack: AccreditationPack) -> Path:
    return _home() / f"{pack.public_id}.zip"


def desk_of(pack: AccreditationPack) -> Path:
    """The folder in which its documents wait for each other."""
    made = _home() / pack.public_id
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def clear_desk(pack: AccreditationPack) -> None:
    shutil.rmtree(_home() / pack.public_id, ignore_errors=True)


def remove(pack: AccreditationPack) -> None:
    """Nothing of it stays. Done twice it is done once."""
    clear_desk(pack)
    file_of(pack).unlink(missing_ok=True)


def _home() -> Path:
    home: Path = current_app.config["SETTINGS"].var_path
    return home / "packs"
