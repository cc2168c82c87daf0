"""Transferring: another school's passport becomes a claim of prior learning, checked line by line before it does."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from credentials.models import BROUGHT, PARTS, Accreditation, Kind, PriorLearning, ReviewState
from credentials.passports.besides import amount_of
from credentials.passports.checking import Checked, check
from credentials.passports.companions import recognise
from credentials.passports.doubling import FROM_A_PASSPORT, doubles_of
from credentials.passports.reading import Unreadable
from credentials.passports.sealing import BESIDE, Json
from credentials.passports.taking_beside import doubles_beside
from credentials.passports.taking_over import minutes_by_kind
from credentials.passports.trusting import is_ours, known_keys
from credentials.prior_learning.carrying import carried_already, carry
from credentials.prior_learning.claiming import Claim, hand_in
from enrollment.models import Enrollment
from foundation.clock import day_in
from foundation.db import db
from foundation.errors import Refused
from foundation.uploads import Document

JSON = "application/json"
NAMED_IN_A_TITLE = 150
SECOND_HAND = ("prior_learning", FROM_A_PASSPORT)
FURTHEST_AHEAD = timedelta(hours=14)
"""Where a day begins first. The other school wrote its days by clocks that we do not know, what was signed by UTC's."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A passport that can be handed in: which lines are taken over, and why the others are not."""

    checked: Checked
    taken: Sequence[Json]
    left: Sequence[tuple[Json, str]]
    beside: Sequence[Json] = ()
    beside_left: Sequence[tuple[Json, str]] = ()

    @property
    def parts(self) -> dict[str, int]:
        """Minutes by way of learning, as a claim has them."""
        made = dict.fromkeys(PARTS, 0)
        for line in self.education:
            way = "live" if line["synchronous"] else "own"
            made[f"{way}_core"] += line["core_minutes"]
            made[f"{way}_resource"] += line["minutes"] - line["core_minutes"]
        return made

    @property
    def education(self) -> list[Json]:
        return [line for line in self.taken if line["kind"] == Kind.EDUCATION]

    @property
    def brought(self) -> dict[str, int]:
        """Minutes by kind of what is taken over line by line."""
        return minutes_by_kind(line for line in self.taken if line["kind"] in BROUGHT)

    @property
    def minutes(self) -> int:
        return sum(self.parts.values()) + sum(self.brought.values())

    @property
    def last_on(self) -> date:
        lines = [*self.taken, *self.beside]
        return max(date.fromisoformat((line.get("details") or {}).get("until") or line["day"]) for line in lines)

    @property
    def provider(self) -> str:
        return str(self.checked.signer or self.checked.content["issuer"]["name"])[:200]

    @property
    def programs(self) -> list[Json]:
        """The programs whose lines are taken over."""
        wanted = {line["program"] for line in self.education}
        return [one for one in self.checked.content["programs"] if one["id"] in wanted]


def look(user: User, data: bytes) -> Looked:
    """What would be handed in. Raises Refused: broken, changed (naming the line), ours, or nothing new in it."""
    try:
        checked = check(data, known_keys())
    except Unreadable as wrong:
        raise Refused(str(wrong), field="passport") from None
    if checked.faults:
        raise Refused(f"This passport was changed, so it can't be taken over. {_named(checked)}", field="passport")
    if is_ours(checked.thumbprint, checked.signer):
        raise Refused("This passport is our own: its hours stand in a ledger here already.", field="passport")
    lines, beside = checked.content["lines"], checked.content.get(BESIDE, [])
    known = carried_already([one["id"] for one in (*lines, *beside)])
    if any(owner != user.id for owner in known.values()):
        raise Refused("Hours of this passport were handed in by somebody else. Write to the school.", field="passport")
    reasons, others = _reasons(user, checked.content, known), _reasons_beside(user, checked, beside, known)
    looked = Looked(
        checked,
        [line for line, why in reasons if why is None],
        [(line, why) for line, why in reasons if why is not None],
        [one for one, why in others if why is None],
        [(one, why) for one, why in others if why is not None],
    )
    if not looked.taken and not looked.beside:
        raise Refused(_nothing(bool(known)), field="passport")
    return looked


def _reasons(user: User, content: Json, known: Collection[str]) -> list[tuple[Json, str | None]]:
    """Each line with why it is not taken over, if it is not."""
    first = [(line, _why_not(line, line["id"] in known)) for line in content["lines"]]
    doubles = doubles_of(user.id, content, [line for line, why in first if why is None])
    return [(line, why or doubles.get(line["id"])) for line, why in first]


def _reasons_beside(
    user: User, checked: Checked, entries: Sequence[Json], known: Collection[str]
) -> list[tuple[Json, str | None]]:
    first = [(one, "handed in before" if one["id"] in known else None) for one in entries]
    doubles = doubles_beside(user.id, checked.thumbprint, [one for one, why in first if why is None])
    return [(one, why or doubles.get(one["id"])) for one, why in first]


def transfer(
    user: User,
    data: bytes,
    *,
    enrollment: Enrollment | None,
    at: datetime,
    known: Mapping[str, str] | None = None,
) -> PriorLearning:
    """Hand the passport in as a claim, its file kept; each line stands behind one claim at a time. Raises Refused.

    `known`: clients of one's own, by public id, whom a code in the passport stands for.
    """
    looked = look(user, data)
    if looked.last_on > (at + FURTHEST_AHEAD).date():
        raise Refused("A line of it lies in days to come. Bring it once they have passed.", field="passport")
    recognise(user.id, looked.checked.content, known or {})
    number = re.sub(r"[^A-Za-z0-9-]", "", looked.checked.content["number"])[:40]
    made = hand_in(
        user,
        _claim(looked, enrollment, day_in(user.time_zone, at)),
        Document(f"passport-{number}.json", JSON, data),
        at=at,
    )
    made.signer = looked.checked.thumbprint
    db.session.flush()
    carry(made, [one["id"] for one in (*looked.taken, *looked.beside)])
    return made


def _claim(looked: Looked, enrollment: Enrollment | None, today: date) -> Claim:
    """Its days are those of the education, if there is any: a course begins where its first class was.

    `today` where the person is: what another clock calls tomorrow already was today as well.
    """
    told = looked.education or looked.taken or looked.beside
    days = sorted(min(date.fromisoformat(line["day"]), today) for line in told)
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
        brought=looked.brought | amount_of(list(looked.beside)),
        **parts,
    )


def _accreditation(programs: Sequence[Json]) -> Accreditation:
    """What all of them were accredited as; where they differ, nothing is claimed."""
    levels = {one["level"] for one in programs}
    return Accreditation(levels.pop()) if len(levels) == 1 and levels <= set(Accreditation) else Accreditation.NONE


def _why_not(line: Json, known: bool) -> str | None:
    if known:
        return "handed in before"
    if line["state"] != ReviewState.CHECKED:
        return "the other school has not checked it"
    if line["evidence"]["type"] in SECOND_HAND:
        return "that school took it over itself; hand in the first school's document"
    if line["kind"] not in (Kind.EDUCATION, *BROUGHT):
        return "nothing here counts hours of this kind"
    if line["kind"] != Kind.EDUCATION and not line.get("details"):
        return "it says neither who was there nor how; ask that school for a passport of today"
    return None


def _nothing(known: bool) -> str:
    if known:
        return "Every line of it that could be taken over was handed in before. It is not counted twice."
    return "There is no hour in it that the other school has checked and that is not here yet."


def _named(checked: Checked) -> str:
    more = len(checked.faults) - 3
    return " ".join(one.words for one in checked.faults[:3]) + (f" And {more} more." if more > 0 else "")
