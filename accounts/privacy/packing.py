"""Packing a person's data as one zip: tables as JSON, the files of the rooms above, and what is what."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from accounts.models import User
from accounts.privacy.gathering import tables_of
from foundation.filters import shown_date

Files = dict[str, bytes]
Reader = Callable[[User, datetime], Files]


def told_by(app: Flask, *readers: Reader) -> None:
    """What the rooms above hold in a form of their own (sealed words, documents); said once, when rooms are joined."""
    app.extensions["privacy"] = readers


def everything_of(user: User, at: datetime) -> bytes:
    """The zip, made on the spot and kept nowhere."""
    tables = tables_of(user)
    files: Files = {"everything.json": json.dumps(tables, ensure_ascii=False, indent=1, default=str).encode()}
    for reader in current_app.extensions["privacy"]:
        files |= reader(user, at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("README.txt", _readme(user, list(files), {name: len(rows) for name, rows in tables.items()}, at))
        for name, content in files.items():
            pack.writestr(name, content)
    return out.getvalue()


def _readme(user: User, files: list[str], counts: dict[str, int], at: datetime) -> str:
    school = current_app.config["SETTINGS"].school_name
    lines = [
        f"What {school} holds of {user.name}, as of {shown_date(at)}",
        "",
        "everything.json   every row that is yours, table by table; days and moments in ISO 8601, money in cents,",
        "                  lengths in minutes",
        "coaching-log.json your coaching log in clear, with your clients' names and your own notes",
        "documents/        what you handed in",
        "",
        "Left out: passwords and keys, the insides of letters (they carry links that open your account),",
        "and the names of others who had a hand in something.",
        "This file holds names of third parties. Keep it as you keep your clients' trust.",
        "",
        *(f"{counts[name]:>6}  {name}" for name in counts),
        "",
        *(f"        {name}" for name in files),
        "",
    ]
    return "\n".join(lines)
