"""`flask --app app credentials import-log` and `export-log`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext

from accounts.identifying import find_by_email
from accounts.models import User
from credentials.coaching_log.exporting import icf_csv, icf_rows, icf_xlsx, listed_sessions
from credentials.coaching_log.importing import looking, taking
from credentials.coaching_log.resealing import reseal_in_steps
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused
from foundation.filters import hours

WRITERS = {"xlsx": icf_xlsx, "csv": icf_csv}


@click.command("import-log")
@click.argument("file", metavar="FILE")
@click.option("--for", "email", required=True, metavar="EMAIL", help="Whose log it is.")
@click.option("--dry-run", is_flag=True, help="Print the same report and change nothing.")
@with_appcontext
def import_log(file: str, email: str, dry_run: bool) -> None:
    """Take over a coaching log (CSV or XLSX): ICF's columns, or one row a session. Prints a report in JSON."""
    user, data = _user(email), _bytes(file)
    _say(f"Reading {len(data):,} bytes")
    try:
        plan = looking.look(user, data, at=now()) if dry_run else taking.take(user, data, Path(file).name, at=now())
    except Refused as refused:
        db.session.rollback()
        _stop(refused.message)
    db.session.rollback() if dry_run else db.session.commit()
    for remark in plan.read.remarks:
        _say(remark)
    _say(_outcome(len(plan.new), len(plan.duplicates), dry_run=dry_run))
    click.echo(json.dumps(plan.report(), ensure_ascii=False))


@click.command("export-log")
@click.option("--for", "email", required=True, metavar="EMAIL", help="Whose log it is.")
@click.option("--as", "kind", required=True, type=click.Choice(sorted(WRITERS)), help="The kind of file.")
@click.argument("out", metavar="OUT")
@with_appcontext
def export_log(email: str, kind: str, out: str) -> None:
    """Write a trainee's coaching log in ICF's columns to OUT (- for standard output)."""
    user = _user(email)
    left, rows = listed_sessions(user), icf_rows(user)
    try:
        with click.open_file(out, "wb") as stream:
            stream.write(WRITERS[kind](rows))
    except OSError as wrong:
        _stop(f"{out} can't be written: {wrong.strerror}")
    _say(f"{len(rows)} rows written")
    if left.refused:
        _say(f"{hours(left.refused)} left out: their clients do not agree to stand in the log")
    if left.returned:
        _say(f"{hours(left.returned)} left out: they came back from review")


@click.command("reseal")
@with_appcontext
def reseal() -> None:
    """Seal names, contacts and notes anew under the first of PRACTICUM_FERNET_KEYS; then the older keys can go."""
    done = 0
    try:
        for number in reseal_in_steps():
            db.session.commit()
            done += number
            _say(f"{done:,} values looked at")
    except ValueError as wrong:
        db.session.rollback()
        _stop(f"{wrong}; nothing of the last step was changed")
    click.echo("Everything is sealed under the newest key.")


def _user(email: str) -> User:
    user = find_by_email(email)
    if user is None:
        _stop(f"--for: nobody here has the address {email}")
    return user


def _bytes(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "no such name"
        _stop(f"{file} can't be read: {reason}")


def _outcome(new: int, known: int, *, dry_run: bool) -> str:
    if not new:
        return f"Nothing new: {known} rows stand in the log already" if known else "Nothing to import"
    return f"{new} rows would be imported; nothing was changed" if dry_run else f"{new} rows imported"


def _say(line: str) -> None:
    click.echo(line, err=True)


def _stop(line: str) -> NoReturn:
    click.echo(" ".join(line.split()), err=True)
    raise SystemExit(2)
