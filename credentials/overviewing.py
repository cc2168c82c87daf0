"""The overview of a trainee's hours: the facts of one person, and what the page shows, worked out of nothing else."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from credentials.certificates.queries import Papers, papers_of
from credentials.charting import bars_by_month
from credentials.evaluating import ProfileError
from credentials.forecasting import Forecast, forecast, next_step
from credentials.forms import WhatIfForm
from credentials.models import Kind, ReviewState
from credentials.profiling import Records, records_from
from credentials.recalling import Recalled, recall
from credentials.rules import Change
from credentials.ruling.living import Digests, live_digests
from credentials.standing import Requirement, Standing, changes_after, mentors_to_ask, usual_path
from credentials.summing import CHECKED, COUNTED
from credentials.trailing import Line, newest, trail
from credentials.wording import KINDS, PATHS, verdict_words
from foundation.errors import Refused
from foundation.remembering import WorkedOut

SIDE_BY_SIDE = ("ACC", "PCC")
NEWEST = 6
ASKED = ("credential", "path", "on", "remaining")
Asked = tuple[tuple[str, str], ...]


class Facts(NamedTuple):
    """What stands on the page depends on these and the reader's zone, and on nothing else."""

    person: Recalled
    rules: Digests
    papers: Papers
    lines: tuple[Line, ...]
    asked: Asked
    day: date


def asked_in(arguments: MultiDict[str, str]) -> Asked:
    """What the address asks for: the first of each name, as the form reads it."""
    return tuple((name, arguments[name][:40]) for name in ASKED if name in arguments)


def facts_of(user_id: int, asked: Asked, day: date) -> Facts:
    """Six statements, or seven."""
    papers = papers_of(user_id)
    return Facts(recall(user_id), live_digests(), papers, newest(user_id, NEWEST), asked, day)


class Overview(WorkedOut):
    """What the page shows. (The live rules are those that the facts name: they are asked once a session.)"""

    known_by: Facts

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.day, self.papers = facts.day, facts.papers

    @cached_property
    def records(self) -> Records:
        return records_from(self.known_by.person)

    @cached_property
    def form(self) -> WhatIfForm:
        path = usual_path(self.records)
        usual = {"credential": "ACC", "path": path, "on": self.day, "remaining": False}
        form = WhatIfForm(MultiDict(self.known_by.asked), data=usual)
        for name in ("credential", "path", "on"):
            if name not in dict(self.known_by.asked):
                form[name].data, form[name].raw_data = usual[name], [str(usual[name])]
        return form

    @cached_property
    def _answered(self) -> tuple[Standing, list[Standing], str]:
        """What was asked, and what stands side by side; where it can't be answered, today's and the reason why."""
        form, records = self.form, self.records
        if form.validate():
            try:
                return *_stand(records, form.credential.data, form.path.data, form.on.data or self.day), ""
            except ProfileError:
                refusal = "No published rules are known for that day. The first are of August 2022."
                form.refuse(Refused(refusal, field="on"))
        return *_stand(records, "ACC", usual_path(records), self.day), "Shown for today instead."

    @property
    def asked(self) -> Standing:
        return self._answered[0]

    @property
    def beside(self) -> list[tuple[Standing, str]]:
        return [(one, verdict_words(one.assessment["verdict"], self.asked.on)) for one in self._answered[1]]

    @property
    def fault(self) -> str:
        return self._answered[2]

    @property
    def path_words(self) -> str:
        return PATHS[self.asked.path]

    @property
    def verdict(self) -> str:
        return verdict_words(self.asked.assessment["verdict"], self.asked.on)

    @property
    def rings(self) -> list[Requirement]:
        return [one for one in self.asked.rings if one.missing or not self.form.remaining.data]

    @cached_property
    def ahead(self) -> list[Forecast]:
        return forecast(self.asked, self.day)

    @property
    def step(self) -> str:
        return next_step(self.asked, self.ahead)

    @property
    def bars(self) -> list[dict[str, Any]]:
        return bars_by_month(self.records.totals, self.day)

    @property
    def lines(self) -> list[tuple[Line, list[dict[str, Any]], str | None]]:
        excluded = self.asked.excluded
        return [(one, trail(one, excluded), excluded.get(one.record or "")) for one in self.known_by.lines]

    @property
    def changes(self) -> list[Change]:
        return changes_after(self.day)

    @property
    def mentors(self) -> list[str]:
        return mentors_to_ask(self.records, self.day)

    @property
    def counts(self) -> dict[str, int]:
        totals = self.records.totals
        return {str(state): totals.minutes(None, {state}) for state in ReviewState}

    @property
    def kept_words(self) -> str:
        kept = self.papers.assessment
        return verdict_words(kept.verdict, kept.apply_on) if kept else ""

    @property
    def is_empty(self) -> bool:
        return not self.records.totals.sums

    @property
    def month(self) -> list[dict[str, Any]]:
        """This month's minutes by kind, as a share of what the credential asks for in all."""
        first, required = self.day.replace(day=1), {one.key: one.required for one in self.asked.requirements}
        keys = {
            Kind.EDUCATION: "education.total_hours_min",
            Kind.COACHING: "experience.total_hours_min",
            Kind.MENTOR: "mentor.total_hours_min",
        }
        made = []
        for kind, key in keys.items():
            both = self.records.totals.minutes(kind, COUNTED, month=first)
            checked = self.records.totals.minutes(kind, CHECKED, month=first)
            told = {"uid": f"month-{kind}", "label": KINDS[kind], "minutes": both, "checked": checked}
            made.append(told | {"whole": required.get(key) or 0})
        return [one | _percents(one) for one in made]


def _stand(records: Records, credential: str, path: str, on: date) -> tuple[Standing, list[Standing]]:
    """Each credential is looked at once. Raises ProfileError where no rules are known for the day."""
    known = {name: Standing(records, name, path, on) for name in dict.fromkeys((credential, *SIDE_BY_SIDE))}
    for standing in known.values():
        _ = standing.assessment
    return known[credential], [known[name] for name in SIDE_BY_SIDE]


def _percents(one: dict[str, Any]) -> dict[str, float]:
    whole = one["whole"] or max(one["minutes"], 1)
    return {
        "verified": min(100, 100 * one["checked"] / whole),
        "waiting": min(100, 100 * (one["minutes"] - one["checked"]) / whole),
    }
