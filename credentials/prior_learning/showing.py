"""The passport behind a claim, as staff see it: by whom it is signed, for whom, and which lines are taken over."""

from __future__ import annotations

from datetime import date
from typing import Any

from credentials.models import PriorLearning
from credentials.passports.checking import check
from credentials.passports.reading import Unreadable
from credentials.passports.trusting import known_keys
from credentials.prior_learning.carrying import lines_carried_by
from credentials.prior_learning.keeping import content_of
from credentials.wording import KINDS
from foundation.errors import NotFound

SHOWN = 300


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
    name = looked.content["holder"]["name"]
    return {
        "looked": looked,
        "name": name,
        "names_differ": name.casefold() != made.user.name.casefold(),
        "lines": [(date.fromisoformat(line["day"]), line) for line in lines[:SHOWN]],
        "count": len(lines),
        "of": len(looked.content["lines"]),
        "kinds": {str(kind): words for kind, words in KINDS.items()},
    }
