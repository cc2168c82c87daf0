"""`flask --app app doctor`: says what is off, in plain words; exit 1 where something is."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from desk.checking import examine
from foundation.clock import now


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say what is off, in plain words."""
    bad = 0
    for finding in examine(current_app.config["SETTINGS"], now()):
        bad += not finding.is_good
        click.echo(f"  {'ok ' if finding.is_good else 'OFF'}  {finding.name:<16} {finding.says}")
    sys.exit(1 if bad else 0)
