"""Switches that make the local Stripe misbehave as the real one sometimes does.

A switch says how many more times it strikes (`times`, -1 until switched off) and may be narrowed:
`seconds` for the slow ones, `types` for events, `path` for calls.
"""

from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from payments.sandbox.store import Json, Store, Work

EVENT_FAULTS = {
    "duplicate": "Deliver each event twice, with one id",
    "twin_event": "Tell one change with two event ids",
    "reorder": "Hold events for a moment and deliver the newest first",
    "delay": "Deliver events later",
    "drop": "Never deliver",
    "old_timestamp": "Sign with a time 400 seconds ago",
    "two_signatures": "Sign with an old secret and with the right one",
    "wrong_signature": "Sign with a wrong secret",
    "ignore_first_answer": "Take the first answer for a failure, so that the event comes again",
}
CALL_FAULTS = {
    "api_500": "Answer calls with 500 and do nothing",
    "api_429": "Answer calls with 429 and do nothing",
    "api_timeout": "Do nothing, say nothing, then hang up",
    "api_slow": "Do the work slowly",
    "answer_lost": "Do the work, then hang up without an answer",
}
FAULTS = EVENT_FAULTS | CALL_FAULTS
DEFAULT_SECONDS = {"delay": 5.0, "reorder": 1.0, "api_timeout": 30.0, "api_slow": 3.0}


class BadSwitch(ValueError):
    """A switch that isn't there, or a setting it doesn't take."""


@dataclass(frozen=True)
class Fault:
    name: str
    times: int
    seconds: float = 0.0
    types: list[str] = field(default_factory=list)
    path: str = ""

    def concerns(self, subject: str) -> bool:
        if self.name in EVENT_FAULTS:
            return not self.types or subject in self.types
        return subject.startswith(self.path)


def switch(work: Work, wishes: Json) -> None:
    """Set switches: true (until off), false, a number of times, or a group of times, seconds, types, path."""
    for name, wish in wishes.items():
        fault = _parsed(name, wish)
        work.run("DELETE FROM fault WHERE name = %s", name)
        if fault.times:
            options = {"seconds": fault.seconds, "types": fault.types, "path": fault.path}
            work.run("INSERT INTO fault VALUES (%s, %s, %s)", name, fault.times, Jsonb(options))


def _parsed(name: str, wish: Any) -> Fault:
    if name not in FAULTS:
        raise BadSwitch(f"There is no switch '{name}'. There are: {', '.join(FAULTS)}.")
    group: Json = wish if isinstance(wish, dict) else {"times": -1 if wish is True else wish}
    unknown = set(group) - {"times", "seconds", "types", "path"}
    if unknown:
        raise BadSwitch(f"'{name}' takes times, seconds, types and path, not {', '.join(sorted(unknown))}.")
    try:
        seconds = float(group.get("seconds", DEFAULT_SECONDS.get(name, 0)))
        types = [str(item) for item in group.get("types", [])]
        times = int(group.get("times", -1))
        if not 0 <= seconds <= 86400 or not -1 <= times <= 10**6:
            raise ValueError
        return Fault(name, times, seconds, types, str(group.get("path", "")))
    except (TypeError, ValueError, OverflowError):
        raise BadSwitch(f"'{name}': times and seconds are numbers (a day at most), types is a list.") from None


def switched(work: Work) -> list[Fault]:
    rows = work.rows("SELECT name, times, options FROM fault ORDER BY name")
    return [Fault(name, times, **options) for name, times, options in rows]


def strike(work: Work, among: dict[str, str], subject: str) -> dict[str, Fault]:
    """The faults that hit this event or call; each is counted as used once."""
    hit = {f.name: f for f in switched(work) if f.name in among and f.concerns(subject)}
    for fault in hit.values():
        work.run("UPDATE fault SET times = times - 1 WHERE name = %s AND times > 0", fault.name)
        work.run("DELETE FROM fault WHERE name = %s AND times = 0", fault.name)
    return hit


def strike_call(store: Store, path: str) -> dict[str, Fault]:
    with store.work() as work:
        if not work.value("SELECT count(*) FROM fault"):
            return {}
        work.lock_writer()
        return strike(work, CALL_FAULTS, path)
