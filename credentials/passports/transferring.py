"""Transferring: another school's passport becomes a claim of prior learning, checked line by line before it does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import User
from credentials.models import PARTS, Accreditation, Kind, PriorLearning, ReviewState
from credentials.passports.checking import Checked, check
from credentials.passports.reading import Unreadable
from credentials.passports.sealing import Json
from credentials.passports.trusting import known_keys, own_keys
from credentials.prior_learning.carrying import carried_already, carry
from credentials.prior_learning.claiming import Claim, hand_in
from enrollment.models import Enrollment
from foundation.db import db
from foundation.errors import Refused
from foundation.uploads import Document

JSON = "application/json"
NAMED_IN_A_TITLE = 150


@dataclass(frozen=True, slots=True)
class Looked:
    """A passport that can be handed in: which lines are taken over, and why the others are not."""

    checked: Checked
    taken: Sequence[Json]
    left: Sequence[tuple[Json, str]]

    @property
    def parts(self) -> dict[str, int]:
        """Minutes by way of learning, as a claim has them."""
        made = dict.fromkeys(PARTS, 0)
        for line in self.taken:
            way = "live" if line["synchronous"] else "own"
            made[f"{way}_core"] += line["core_minutes"]
            made[f"{way}_resource"] += line["minutes"] - line["core_minutes"]
        return made

    @property
    def minutes(self) -> int:
        return sum(self.parts.values())

    @property
    def provider(self) -> str:
        return str(self.checked.signer or self.checked.content["issuer"]["name"])[:200]

    @property
    def programs(self) -> list[Json]:
        """The programs whose lines are taken over."""
        wanted = {line["program"] for line in self.taken}
        return [one for one in self.checked.content["programs"] if one["id"] in wanted]


def look(user: User, data: bytes) -> Looked:
    """What would be handed in. Raises Refused: broken, changed (naming the line), ours, or nothing new in it."""
    try:
        checked = check(data, known_keys())
    except Unreadable as wrong:
        raise Refused(str(wrong), field="passport") from None
    if checked.faults:
        raise Refused(f"This passport was changed, so it can't be taken over. {_named(checked)}", field="passport")
    if checked.thumbprint in own_keys():
        raise Refused("This passport is our own: its hours stand in a ledger here already.", field="passport")
    lines = checked.content["lines"]
    known = carried_already([line["id"] for line in lines])
    if any(owner != user.id for owner in known.values()):
        raise Refused("Hours of this passport were handed in by somebody else. Write to the school.", field="passport")
    reasons = [(line, _why_not(line, line["id"] in known)) for line in lines]
    looked = Looked(
        checked,
        [line for line, why in reasons if why is None],
        [(line, why) for line, why in reasons if why is not None],
    )
    if not looked.taken:
        raise Refused(_nothing(bool(known)), field="passport")
    return looked


def transfer(user: User, data: bytes, *, enrollment: Enrollment | None, at: datetime) -> PriorLearning:
    """Hand the passport in as a claim, its file kept; each line stands behind one claim at a time. Raises Refused."""
    looked = look(user, data)
    number = re.sub(r"[^A-Za-z0-9-]", "", looked.checked.content["number"])[:40]
    made = hand_in(user, _claim(looked, enrollment), Document(f"passport-{number}.json", JSON, data), at=at)
    made.signer = looked.checked.thumbprint
    db.session.flush()
    carry(made, [line["id"] for line in looked.taken])
    return made


def _claim(looked: Looked, enrollment: Enrollment | None) -> Claim:
    days = sorted(date.fromisoformat(line["day"]) for line in looked.taken)
    programs = looked.programs
    titles = ", ".join(one["title"] for one in programs)[:NAMED_IN_A_TITLE] or "Hours of a passport"
    parts: dict[str, Any] = looked.parts
    return Claim(
        provider=looked.provider,
        title=titles,
        accreditation=_accreditation(programs),
        completed=bool(programs) and all(one["completed"] for one in programs),
        first_on=days[0],
        last_on=days[-1],
        enrollment=enrollment,
        **parts,
    )


def _accreditation(programs: Sequence[Json]) -> Accreditation:
    """What all of them were accredited as; where they differ, nothing is claimed."""
    levels = {one["level"] for one in programs}
    return Accreditation(levels.pop()) if len(levels) == 1 and levels <= set(Accreditation) else Accreditation.NONE


def _why_not(line: Json, known: bool) -> str | None:
    if known:
        return "handed in before"
    if line["kind"] != Kind.EDUCATION:
        return "only education is taken over; log coaching and mentor coaching in your own log"
    if line["state"] != ReviewState.CHECKED:
        return "the other school has not checked it"
    if line["evidence"]["type"] == "prior_learning":
        return "that school took it over itself; hand in the first school's document"
    return None


def _nothing(known: bool) -> str:
    if known:
        return "Every line of it that could be taken over was handed in before. It is not counted twice."
    return "There is no hour of education in it that the other school has checked."


def _named(checked: Checked) -> str:
    more = len(checked.faults) - 3
    return " ".join(one.words for one in checked.faults[:3]) + (f" And {more} more." if more > 0 else "")
