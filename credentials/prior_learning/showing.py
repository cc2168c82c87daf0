"""The passport behind a claim, as staff see it: by whom it is signed, for whom, and which lines are taken over."""

from __future__ import annotations

from datetime import date
from typing import Any

from credentials.models import BROUGHT, PARTS, Kind, LedgerEntry, Payment, PriorLearning
from credentials.passports.besides import BESIDES, in_words, told_beside
from credentials.passports.checking import check
from credentials.passports.reading import Unreadable
from credentials.passports.sealing import BESIDE, Json
from credentials.passports.taking_beside import BESIDE_KINDS
from credentials.passports.trusting import known_keys
from credentials.prior_learning.carrying import lines_carried_by
from credentials.prior_learning.forms import LABELS
from credentials.prior_learning.keeping import content_of
from credentials.wording import KINDS, PAYMENTS
from foundation.errors import NotFound
from foundation.filters import hours, shown_date

SHOWN = 300


def amounts_of(made: PriorLearning) -> list[tuple[str, int, int | None]]:
    """Kind by kind, in words: what is claimed, and what was granted of it, in minutes."""
    education = [(LABELS[name], made.claimed[name], made.granted.get(name)) for name in PARTS if made.claimed[name]]
    others = [(KINDS[kind], int(made.brought[kind]), _of(made, kind)) for kind in BROUGHT if kind in made.brought]
    return [*education, *others]


def besides_of(made: PriorLearning) -> list[tuple[str, str, str | None]]:
    """What comes beside the hours, in words: how much is claimed, and how much was granted."""
    return [
        (BESIDES[kind], in_words(kind, made.brought[kind]), _words_of(made, kind))
        for kind in BESIDE_KINDS
        if kind in made.brought
    ]


def _words_of(made: PriorLearning, kind: str) -> str | None:
    return in_words(kind, int(made.granted.get(kind, 0))) if made.granted else None


def _of(made: PriorLearning, kind: Kind) -> int | None:
    return int(made.granted.get(kind, 0)) if made.granted else None


def claim_behind(entry: LedgerEntry) -> str | None:
    """The name of the claim that wrote a line, if one did."""
    if entry.evidence_type == "prior_learning":
        return entry.evidence_ref.rpartition(":")[2]
    return (entry.evidence.get("passport") or {}).get("claim")


def told_of(line: Json) -> str:
    """What a line says of itself, for whoever looks it through: with whom, how paid, who confirmed it."""
    told = line.get("details") or {}
    words = [f"confirmed by the {line['confirmed']['by']}"] if line.get("confirmed") else []
    if line["kind"] == Kind.COACHING and told:
        until = [f"until {shown_date(date.fromisoformat(told['until']), 'medium')}"] if told["until"] else []
        who = f"group of {told['participants']}" if told["participants"] > 1 else told["client"]
        words = [who, PAYMENTS[Payment(told["payment"])].lower(), *until, *words]
    if line["kind"] == Kind.MENTOR and told:
        company = "one-to-one" if told["mentees"] == 1 else f"group of {told['mentees']}"
        words = [company, *(["observed"] if told["observed"] else []), *words]
    if line["kind"] == Kind.CCE and told:
        split = [f"{hours(told[kind])} {kind}" for kind in ("core", "ethics", "resource", "supervision") if told[kind]]
        words = [*split, *words]
    return ", ".join(words)


def behind(made: PriorLearning) -> dict[str, Any] | None:
    """None where the claim rests on a document of another kind. What is known of the key is asked anew each time."""
    if not made.signer:
        return None
    try:
        looked = check(content_of(made.sha256), known_keys())
    except (NotFound, Unreadable):
        return {"looked": None}
    carried = lines_carried_by(made)
    lines = [line for line in looked.content["lines"] if line["id"] in carried]
    beside = [told_beside(one) for one in looked.content.get(BESIDE, []) if one["id"] in carried]
    name = looked.content["holder"]["name"]
    return {
        "looked": looked,
        "name": name,
        "names_differ": name.casefold() != made.user.name.casefold(),
        "lines": [(date.fromisoformat(line["day"]), line, told_of(line)) for line in lines[:SHOWN]],
        "beside": beside[:SHOWN],
        "count": len(lines),
        "of": len(looked.content["lines"]),
        "kinds": {str(kind): words for kind, words in KINDS.items()},
    }
