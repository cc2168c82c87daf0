"""What is odd about many sessions together: a bulk written down on one evening, one client only, a crowded day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from credentials.models import Kind
from credentials.queueing import AnyLine

CROWDED_DAY = 6
ONE_CLIENT_FROM = 8
BULK_FROM = 6
ONE_EVENING = timedelta(hours=1)
SATURDAY = 5


def patterns_of(entries: Sequence[AnyLine]) -> dict[int, list[str]]:
    """By line, what its fellows make odd. `entries`: lines that wait, of any number of trainees; asks no database."""
    by_person: dict[int, list[AnyLine]] = defaultdict(list)
    for entry in entries:
        if entry.kind == Kind.COACHING:
            by_person[entry.user_id].append(entry)
    found: dict[int, list[str]] = defaultdict(list)
    for sessions in by_person.values():
        for group, words in [*_crowded_days(sessions), *_one_client(sessions), *_weekend_bulk(sessions)]:
            for entry in group:
                found[entry.id].append(words)
    return found


Found = list[tuple[list[AnyLine], str]]


def _crowded_days(sessions: list[AnyLine]) -> Found:
    days: dict[object, list[AnyLine]] = defaultdict(list)
    for entry in sessions:
        days[entry.on].append(entry)
    return [
        (group, f"one of {len(group)} sessions on that day") for group in days.values() if len(group) >= CROWDED_DAY
    ]


def _one_client(sessions: list[AnyLine]) -> Found:
    alone = len({entry.evidence_ref for entry in sessions}) == 1
    if not alone or len(sessions) < ONE_CLIENT_FROM:
        return []
    return [(sessions, f"all {len(sessions)} sessions are with one client")]


def _weekend_bulk(sessions: list[AnyLine]) -> Found:
    weekend = sorted((e for e in sessions if e.on.weekday() >= SATURDAY), key=lambda e: (e.recorded_at, e.id))
    groups: list[list[AnyLine]] = []
    for entry in weekend:
        if groups and entry.recorded_at - groups[-1][0].recorded_at <= ONE_EVENING:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return [(g, f"one of {len(g)} weekend sessions written down within an hour") for g in groups if len(g) >= BULK_FROM]
