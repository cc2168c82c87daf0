"""`flask --app app accounts ...`"""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import AppGroup

from accounts.rights.giving import make_owner, password_link
from foundation.clock import now
from foundation.db import db

accounts_commands = AppGroup("accounts", help="People and their rights.")


@accounts_commands.command("make-owner")
@click.argument("email")
@click.option("--name", default="", help="Their name, where they have no account yet.")
def make_owner_command(email: str, name: str) -> None:
    """Make somebody an owner of the school: the first one, who then asks all others in on the staff's pages."""
    settings = current_app.config["SETTINGS"]
    try:
        address = validate_email(
            email, check_deliverability=False, test_environment=not settings.in_production
        ).normalized
    except EmailNotValidError as wrong:
        click.echo(f"{email}: {wrong}", err=True)
        raise SystemExit(2) from None
    user = make_owner(email=address, name=name.strip() or address, time_zone=settings.time_zone, at=now())
    db.session.commit()
    click.echo(f"{user.name} ({user.email}) is an owner.")
    if user.password is None:
        click.echo(f"A password is chosen here, within a day: {password_link(user)}")
