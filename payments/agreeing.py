"""The enrollment agreement: every version is kept for as long as anybody has agreed to it.

The first one is a file of the program's; the owner publishes the next ones. None is ever changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from markupsafe import Markup
from sqlalchemy import ScalarSelect, func, select

from accounts.models import User
from foundation.audit import record
from foundation.db import db
from foundation.errors import Refused
from foundation.text import markdown_to_html
from payments.models import PublishedAgreement
from payments.numbering import year_of

FOLDER = Path(__file__).resolve().parent / "agreements"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version: its text as it was written, and as it is read."""

    version: str
    title: str
    body_md: str
    html: Markup


class Outdated(Refused):
    """What was read is not what holds now."""


@cache
def _written(version: str) -> Agreement:
    """A version that came with the program. Raises FileNotFoundError for one there never was."""
    if version not in versions():
        raise FileNotFoundError(version)
    first, _, rest = (FOLDER / f"{version}.md").read_text("utf-8").partition("\n")
    return Agreement(version, first.removeprefix("# ").strip(), rest.strip(), markdown_to_html(rest))


@cache
def versions() -> tuple[str, ...]:
    """Those that came with the program, oldest first (`year-number`)."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.md")), key=lambda v: [int(n) for n in v.split("-")]))


def agreement(version: str) -> Agreement:
    """Raises FileNotFoundError for a version there never was."""
    found = db.session.scalar(select(PublishedAgreement).where(PublishedAgreement.version == version))
    return _read(found) if found else _written(version)


def current() -> Agreement:
    """What a buyer agrees to now."""
    newest = db.session.scalar(select(PublishedAgreement).order_by(PublishedAgreement.id.desc()).limit(1))
    return _read(newest) if newest else _written(versions()[-1])


def told_version() -> ScalarSelect[str]:
    """SQL: the version of `current`, where the owner has published one; else `versions()[-1]` holds."""
    newest = select(PublishedAgreement.version).order_by(PublishedAgreement.id.desc()).limit(1)
    return newest.scalar_subquery()


def _read(row: PublishedAgreement) -> Agreement:
    return Agreement(row.version, row.title, row.body_md, markdown_to_html(row.body_md))


def check(version: str) -> str:
    """The version that was read, where it is the one that holds. Raises Outdated."""
    holds = current().version
    if version != holds:
        raise Outdated(
            f"The agreement has changed since you opened this page. Read version {holds} above, then tick again; "
            "nothing has been ordered.",
            "agreed",
        )
    return version


def publish(
    title: str, body_md: str, *, note: str, at: datetime, actor: User | None = None, after: str | None = None
) -> PublishedAgreement:
    """The next wording; from now on it is what buyers read. Raises Refused where somebody else published meanwhile."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("published_agreement"))))
    known = current()
    if after is not None and after != known.version:
        raise Refused(f"Version {known.version} was published while you wrote. Look at it, then publish yours.", "note")
    if (title, body_md) == (known.title, known.body_md):
        raise Refused("Nothing has changed.", "body_md")
    made = PublishedAgreement(
        version=_next(known.version, year_of(at)),
        title=title,
        body_md=body_md,
        note=note,
        published_by_id=actor.id if actor else None,
        published_at=at,
    )
    db.session.add(made)
    db.session.flush()
    record("agreement.published", subject=made, actor=actor, at=at, version=made.version)
    return made


def _next(known: str, year: int) -> str:
    """`2026-2` follows `2026-1`; a new year begins at 1."""
    of, number = (int(part) for part in known.split("-"))
    return f"{year}-1" if year > of else f"{of}-{number + 1}"
