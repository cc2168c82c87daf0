"""`flask --app app enrollment ...`"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from enrollment.importing_leads import import_leads
from enrollment.lead_lists import read_people
from foundation.clock import now
from foundation.db import db
from foundation.errors import Refused

enrollment_commands = AppGroup("enrollment", help="Leads and enrollments.")


@enrollment_commands.command("import-leads")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the same report and change nothing.")
def import_leads_command(file: Path, dry_run: bool) -> None:
    """Take over a list of people (CSV). The unsubscribed and cleaned among them are stopped; nobody is mailed."""
    try:
        report = import_leads(read_people(file), at=now())
    except Refused as refused:
        click.echo(refused.message, err=True)
        raise SystemExit(2) from None
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
