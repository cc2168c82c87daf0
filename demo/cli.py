"""`flask --app app demo load`."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup

demo = AppGroup("demo", help="The demo school.")


@demo.command("load")
def load() -> None:
    """Make the demo school, once."""
    from demo.loading import load_demo

    if current_app.config["SETTINGS"].in_production:
        click.echo("The demo school is not for production.", err=True)
        sys.exit(2)
    loaded = load_demo(say=click.echo)
    click.echo("The demo school is there." if loaded else "The demo school was there already; nothing changed.")
