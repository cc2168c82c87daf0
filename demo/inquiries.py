"""Chapter six: people who asked for the free guide, in every state that such an asking can be in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from demo.reading import table
from enrollment import inquiring
from enrollment.inquiring import Asking
from mail.models import StopReason
from mail.suppressing import digest, stop


def make_leads(at: datetime) -> None:
    for told in table("people")["leads"]:
        _ask(told, at - timedelta(days=told["asked_days_ago"], minutes=40))


def _ask(told: dict[str, Any], at: datetime) -> None:
    asking = Asking(name=told["name"].split()[0], email=told["email"], news=told["consent"], page=told["source"])
    made = inquiring.ask(asking, school=current_app.config["SETTINGS"].school_name, at=at)
    if told["state"] in {"confirmed", "unsubscribed"}:
        inquiring.confirm(inquiring.by_public_id(made), at=at + timedelta(minutes=25))
    if told["state"] == "unsubscribed":
        stop(digest(told["email"]), StopReason.UNSUBSCRIBED, at=at + timedelta(days=3), source="letter")
    if told["state"] == "bounced":
        stop(digest(told["email"]), StopReason.HARD_BOUNCE, at=at + timedelta(minutes=2), source="demo")
