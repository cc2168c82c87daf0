"""What the address of the log asks for: the same filters for the page, the CSV and the print."""

from __future__ import annotations

from flask import request

from credentials.coaching_log.queries import PAID_ANYHOW, Shape, Wish
from credentials.models import Client
from credentials.wording import PAYMENTS, STATES
from foundation.filters import shown_date

ANY = ("", "Any")
SHAPES = {Shape.INDIVIDUAL: "One person", Shape.GROUP: "A group", Shape.RUN: "A run that was imported"}


def wish_asked() -> Wish:
    """The filters of this address, whatever was mistyped in it."""
    args = request.args
    return Wish(
        words=args.get("words", "").strip()[:80],
        client=args.get("client", "")[:22],
        shape=args.get("shape", ""),
        month=args.get("month", "")[:7],
        payment=args.get("payment", ""),
        state=args.get("state", ""),
        sort=args.get("sort", "-day"),
    )


def choices(clients: list[Client]) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer. Forgotten clients stand under their codes."""
    named = [(one.public_id, one.code if one.forgotten_at else f"{one.name} ({one.code})") for one in clients]
    return {
        "clients": [ANY, *named],
        "shapes": [ANY, *((str(shape), words) for shape, words in SHAPES.items())],
        "payments": [ANY, (PAID_ANYHOW, "Paid in any way"), *((str(one), words) for one, words in PAYMENTS.items())],
        "states": [ANY, *((str(one), words) for one, (words, _) in STATES.items())],
    }


def wish_words(wish: Wish, clients: list[Client]) -> list[str]:
    """The filters in words, for a page on paper: what is left out should be said there."""
    offered = choices(clients)
    chosen = {"clients": wish.client, "shapes": wish.shape, "payments": wish.payment, "states": wish.state}
    told = [text for name, value in chosen.items() if value for key, text in offered[name] if key == value]
    if wish.first_day:
        told.append(shown_date(wish.first_day, "MMMM y"))
    return [*told, f"“{wish.words}”"] if wish.words else told
