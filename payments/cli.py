"""Commands of the payments room."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from foundation.clock import now
from foundation.db import db
from payments import comparing, gateway, reconciling
from payments.extending import catching_up

payments = AppGroup("payments", help="Orders, money, Stripe.")


@payments.command("reconcile")
@click.option("--since", type=click.IntRange(1, 3650), default=3, show_default=True, help="Days to look back.")
def reconcile(since: int) -> None:
    """Compare Stripe with our books; print what differed and what was mended."""
    at, orders = now(), []
    try:
        recovered = reconciling.recover_events(at=at, back=timedelta(days=min(since, 29)))
        db.session.commit()
    except gateway.GatewayDown as error:
        raise click.ClickException(f"Stripe does not answer: {str(error).strip().splitlines()[0]}") from error
    for outcome in reconciling.check_all(reconciling.since(since, at=at), at=at):
        db.session.commit()
        orders.append(outcome)
    found = list(comparing.differences())
    for difference in found:
        comparing.put_before_staff(difference, at=at)
    db.session.commit()
    click.echo(json.dumps(report(orders, recovered, found), indent=2))


@payments.command("clocks")
@click.option("--write", is_flag=True, help="Write the days down; without it they are only printed.")
def clocks(write: bool) -> None:
    """The last day of whoever came before there was a completion clock, by the rules they bought under."""
    at = now()
    found = catching_up.proposed(list(db.session.scalars(catching_up.without_clock())), at=at)
    for one in found:
        click.echo(f"{one.until}  {one.enrollment.cohort.code}  {one.enrollment.public_id}  ({one.months} months)")
    if write:
        catching_up.give(seen=len(found), actor=None, at=at)
        db.session.commit()
    click.echo(f"{len(found)} {'written' if write else 'would be written; add --write'}")


def report(
    orders: list[reconciling.Outcome], recovered: int, found: list[comparing.Difference] | None = None
) -> dict[str, Any]:
    """What the command prints."""
    told = [asdict(outcome) for outcome in orders]
    differ = [{"order": one.order, "reason": one.reason} for one in found or []]
    return {
        "orders_checked": len(told),
        "events_recovered": recovered,
        "mended": [{"order": o["order"], "was": o["was"], "is": o["now"]} for o in told if o["was"] != o["now"]],
        "for_staff": [{"order": o["order"], "reason": o["reason"]} for o in told if o["reason"]] + differ,
    }
