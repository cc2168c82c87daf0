"""Sweeping: a document that was brought and never handed in does not stay here; neither does what a crash left half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from credentials.models import PriorLearning
from credentials.prior_learning.keeping import folder, path_of
from foundation.db import db

STAYS = timedelta(hours=25)
"""A passport may be handed in for a day after it was looked through; an hour more for whoever does it at the last."""
JUST_BROUGHT = timedelta(minutes=10)
"""Bytes that were touched within this time may belong to a claim whose row is still being written."""
ASIDE = ".swept"
AT_ONCE = 500


def sweep(*, at: datetime) -> int:
    """Remove what is old and has no claim; says how many files. Done twice, or by two at once, it does no harm."""
    oldest = (at - STAYS).timestamp()
    old, removed = [path for path in _files() if _changed(path) < oldest], 0
    for start in range(0, len(old), AT_ONCE):
        some = old[start : start + AT_ONCE]
        claimed = _claimed([path.name for path in some])
        removed += sum(_remove(path, oldest) for path in some if path.name not in claimed)
    return removed


def remove(sha256: str, *, at: datetime) -> bool:
    """Remove one document now, if no claim names it any more. False where somebody has just brought the same bytes."""
    path = path_of(sha256)
    if _claimed([sha256]) or not path.exists():
        return True
    return _remove(path, (at - JUST_BROUGHT).timestamp())


def _files() -> Iterator[Path]:
    return (path for path in folder().glob("*/*") if path.is_file())


def _changed(path: Path) -> float:
    """Seconds since 1970; of what has gone meanwhile it is never long ago."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _claimed(names: list[str]) -> set[str]:
    return set(db.session.scalars(select(PriorLearning.sha256).where(PriorLearning.sha256.in_(names))))


def _remove(path: Path, oldest: float) -> bool:
    """Laid aside first: whoever keeps the same bytes in this moment made them young, or finds them gone and writes."""
    aside = path if path.name.endswith(ASIDE) else path.with_name(f".{path.name}{ASIDE}")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return False
    if _changed(aside) >= oldest:
        aside.replace(path)
        return False
    aside.unlink(missing_ok=True)
    return True
