"""Static files: laid out once per content under a hashed address, compressed, and cached for a year."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

COMPRESSED = {".css", ".js", ".mjs", ".svg", ".json", ".txt", ".ico"}


def stylesheet(static: Path) -> str:
    """The one stylesheet of every page: the files of `css/order.txt`, in that order."""
    order = static / "css" / "order.txt"
    if not order.exists():
        return ""
    names = [
        line.strip() for line in order.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")
    ]
    return "\n".join((static / "css" / name).read_text("utf-8") for name in names)


def content_hash(static: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in static.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(static)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def lay_out(static: Path, var: Path) -> tuple[str, Path]:
    """Copy the files to `var/assets/<hash>/` with their compressed twins; done once per content."""
    mark = content_hash(static)
    target = var / "assets" / mark
    if not (target / ".complete").exists():
        staging = var / "assets" / f".{mark}.{id(target)}"
        shutil.rmtree(staging, ignore_errors=True)
        shutil.copytree(static, staging)
        (staging / "css").mkdir(exist_ok=True)
        (staging / "css" / "practicum.css").write_text(stylesheet(static), "utf-8")
        for path in [p for p in staging.rglob("*") if p.suffix in COMPRESSED]:
            (path.parent / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        (staging / ".complete").touch()
        shutil.rmtree(target, ignore_errors=True)
        try:
            staging.rename(target)
        except OSError:
            shutil.rmtree(staging, ignore_errors=True)  # another process was first
    return mark, target


def init_assets(app: Flask, var: Path) -> None:
    """Serve `static/` at `/static/<hash>/`; `asset('js/x.mjs')` gives an address, `practicum.css` is the joined one."""
    mark, laid_out = lay_out(Path(app.root_path) / "static", var)
    prefix = f"/static/{mark}/"

    def asset(path: str) -> str:
        return prefix + ("css/practicum.css" if path == "practicum.css" else path)

    app.jinja_env.globals["asset"] = asset
    app.extensions["asset"] = asset
    served: Any = WhiteNoise(app.wsgi_app, immutable_file_test=lambda *_: True, max_age=31536000)
    served.add_files(str(laid_out), prefix=prefix)
    app.wsgi_app = served  # type: ignore[method-assign]
