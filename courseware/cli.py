"""Commands of the courseware room: `flask --app app courseware ...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from courseware.importing.sources import NotACourse
from courseware.importing.taking_in import import_course, read_course
from foundation.clock import now
from foundation.db import db

courseware = AppGroup("courseware", help="Courses: take in one that was made elsewhere.")


@courseware.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the report and change nothing.")
def import_(path: Path, dry_run: bool) -> None:
    """Take in the course at PATH (a folder or a zip of Markdown), and print a JSON report."""
    try:
        draft = read_course(path)
    except NotACourse as error:
        click.echo(" ".join(str(error).split()), err=True)
        sys.exit(2)
    report = import_course(draft, at=now())
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(json.dumps(report, ensure_ascii=False, indent=2))
