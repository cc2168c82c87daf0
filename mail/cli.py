"""`flask --app app mail ...`"""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from foundation.clock import now
from foundation.db import db
from mail.counting import counts
from mail.delivering import deliver_due

mail_commands = AppGroup("mail", help="The outbox: letters that are owed, and their delivery.")


@mail_commands.command("sweep")
def sweep() -> None:
    """Deliver what is due now; print the counts by state."""
    for _ in deliver_due(now):
        db.session.commit()
    click.echo(json.dumps(counts()))


@mail_commands.command("status")
def status() -> None:
    """Print how many letters are in each state, as JSON."""
    click.echo(json.dumps(counts()))
