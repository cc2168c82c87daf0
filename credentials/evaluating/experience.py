"""Coaching experience: which sessions count, and what they add up to under each reading of the uncertain rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from credentials.evaluating.answers import Excluded
from credentials.evaluating.calendar import shift_months
from credentials.evaluating.profile import Profile, Session
from credentials.rules import RuleBook, RuleSet

_KINDS = {
    "exclude.mentor_coaching_supervision_assessment_review": (
        "mentor_coaching_given",
        "supervision",
        "assessment_debrief",
    ),
    "exclude.training_teaching_facilitation": ("training",),
    "exclude.in_class_practice": ("in_class_practice",),
}
_PAID = {
    "paid.includes_barter": ("barter",),
    "paid.includes_internal_employment_and_third_party": ("internal", "third_party"),
    "paid.includes_reciprocal_peer_coaching_outside_class": ("peer_exchange",),
}


class Doubt:
    """What would have to be read the other way for a session to count: bits of a plain integer."""

    NONE = 0
    GROUP = 1
    START = 2
    APPLICATION = 4
    WINDOW = 8


EVERY_DOUBT = Doubt.GROUP | Doubt.START | Doubt.APPLICATION | Doubt.WINDOW
_CODES = ((Doubt.APPLICATION, "after_application"), (Doubt.START, "before_education"), (Doubt.GROUP, "group_too_large"))


class Accounting(NamedTuple):
    """How hours are counted on the day of a session."""

    group_max: float
    group_max_otherwise: float
    not_coaching: frozenset[str]
    paid: frozenset[str]
    leaves_out_direct_reports: bool
    leaves_out_refused: bool


class Sums(NamedTuple):
    """Minutes in all, paid and recent, and the clients behind them."""

    total: int
    paid: int
    recent: int
    clients: int


class Experience:
    """The coaching log of a profile, as of the day of the application.

    `start` is the first day that counts (None: none does). A group's head count is what `participants` says, or the
    listed clients where that is more; only listed clients are persons that can be counted.
    """

    def __init__(self, profile: Profile, rule_set: RuleSet, book: RuleBook, start: date | None) -> None:
        self._apply_on, self._start, self._book = profile.apply_on, start, book
        recent = rule_set.rule("experience.recent_hours_min")
        months = recent.window_months if recent else None
        self.window_from = shift_months(profile.apply_on, -months) if months else None
        self._accounting: dict[str, Accounting] = {}
        self._only = self._single_accounting()
        self._totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._clients: dict[int, set[str]] = defaultdict(set)
        self._recent: dict[int, int] = defaultdict(int)
        self.excluded: list[Excluded] = []
        self.on_first_day: list[str] = []
        self.straddling: dict[int, list[str]] = defaultdict(list)
        self.doubtful_groups: list[Session] = []
        self.peer_minutes = 0
        self.touched: set[str] = set()
        for session in profile.sessions:
            self._take(session)

    def sums(self, allowed: int = Doubt.NONE) -> Sums:
        """What counts where the doubts in `allowed` are read in the person's favour."""
        fits = [doubt for doubt in self._totals if doubt & allowed == doubt]
        clients: set[str] = set().union(*(self._clients[doubt] for doubt in fits))
        return Sums(
            total=sum(self._totals[doubt][0] for doubt in fits),
            paid=sum(self._totals[doubt][1] for doubt in fits),
            recent=sum(minutes for doubt, minutes in self._recent.items() if doubt & allowed == doubt),
            clients=len(clients),
        )

    @property
    def doubts(self) -> int:
        """Every doubt that some session of the profile raises."""
        found = Doubt.NONE
        for doubt in (*self._totals, *self._recent):
            found |= doubt
        return found

    def _take(self, session: Session) -> None:
        accounting = self._only or self._accounting_on(session.on)
        reason = self._refusal(session, accounting)
        if reason:
            self.excluded.append(Excluded(session.id, session.minutes, reason))
            return
        doubt = self._doubt(session, accounting)
        if doubt:
            code = next(code for one, code in _CODES if one & doubt)
            self.excluded.append(Excluded(session.id, session.minutes, code))
        is_paid = session.payment in accounting.paid
        totals = self._totals[doubt]
        totals[0] += session.minutes
        totals[1] += session.minutes if is_paid else 0
        self._clients[doubt].update(session.clients)
        self._take_recent(session, doubt)
        if not doubt:
            self._remark(session)

    def _refusal(self, session: Session, accounting: Accounting) -> str | None:
        """Why a session counts under no reading."""
        if session.on > self._apply_on:
            return "after_application"
        if self._start is None or session.until < self._start:
            return "before_education"
        if session.kind in accounting.not_coaching:
            return "not_coaching"
        if session.direct_report and accounting.leaves_out_direct_reports:
            self.touched.add("exclude.direct_reports")
            return "direct_report"
        if session.consent == "refused" and accounting.leaves_out_refused:
            return "consent_refused"
        if session.heads > 1 and session.heads > accounting.group_max_otherwise:
            return "group_too_large"
        return None

    def _doubt(self, session: Session, accounting: Accounting) -> int:
        doubt = Doubt.NONE
        if session.heads > 1 and session.heads > accounting.group_max:
            doubt |= Doubt.GROUP
            self.doubtful_groups.append(session)
        if session.until > self._apply_on:
            doubt |= self._straddles(session, Doubt.APPLICATION)
        if self._start and session.on < self._start:
            doubt |= self._straddles(session, Doubt.START)
        return doubt

    def _straddles(self, session: Session, edge: int) -> int:
        self.straddling[edge].append(session.id)
        return edge

    def _take_recent(self, session: Session, doubt: int) -> None:
        if self.window_from is None or session.until < self.window_from:
            return
        if session.on < self.window_from:
            if not doubt:
                self.excluded.append(Excluded(session.id, session.minutes, "outside_window"))
            doubt |= self._straddles(session, Doubt.WINDOW)
        self._recent[doubt] += session.minutes

    def _remark(self, session: Session) -> None:
        if session.on == self._start:
            self.on_first_day.append(session.id)
        if session.payment == "peer_exchange":
            self.peer_minutes += session.minutes
        elif session.payment == "barter":
            self.touched.add("paid.includes_barter")
        if len(session.clients) > 1:
            self.touched.add("group.each_participant_counts_as_client")

    def _single_accounting(self) -> Accounting | None:
        known = [s for s in self._book.rule_sets.values() if s.kind == "hours_accounting"]
        return self._accounting_on(known[0].effective_from or date.min) if len(known) == 1 else None

    def _accounting_on(self, day: date) -> Accounting:
        rule_set = self._book.accounting_on(day)
        if rule_set.id not in self._accounting:
            self._accounting[rule_set.id] = accounting_of(rule_set)
        return self._accounting[rule_set.id]


def accounting_of(rule_set: RuleSet) -> Accounting:
    """The rules of counting hours as the engine uses them."""
    group = rule_set.rule("group.participants_max")
    sizes = [group.value, *(other.value for other in group.alternatives)] if group else [float("inf")]
    return Accounting(
        group_max=min(sizes),
        group_max_otherwise=max(sizes),
        not_coaching=_named(rule_set, _KINDS),
        paid=_named(rule_set, _PAID) | {"paid"},
        leaves_out_direct_reports=_holds(rule_set, "exclude.direct_reports"),
        leaves_out_refused=_holds(rule_set, "exclude.client_without_consent"),
    )


def _named(rule_set: RuleSet, words: dict[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(word for key, named in words.items() if _holds(rule_set, key) for word in named)


def _holds(rule_set: RuleSet, key: str) -> bool:
    rule = rule_set.rule(key)
    return bool(rule and rule.value)


def listed(ids: Iterable[str], most: int = 5) -> str:
    """Record ids for a sentence: the first few, and how many more."""
    ordered = sorted(set(ids))
    more = f" and {len(ordered) - most} more" if len(ordered) > most else ""
    return ", ".join(ordered[:most]) + more
