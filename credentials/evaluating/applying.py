"""The rows of an application for a credential, on the level or the Portfolio path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from credentials.evaluating.answers import Row, at_least, flag, thresholds
from credentials.evaluating.case import Case
from credentials.evaluating.education import first_award
from credentials.evaluating.experience import EVERY_DOUBT, Doubt, Sums
from credentials.rules import Rule

Rower = Callable[[Case, Rule], Row]

DECIDERS = {
    Doubt.GROUP: "group.participants_max",
    Doubt.START: "experience.count_only_after_start_of_education",
    Doubt.APPLICATION: "after_application",
    Doubt.WINDOW: "experience.recent_hours_min",
}
_INSIDE_A_PROGRAM = ("education.", "mentor.", "performance_evaluation.")
_STANDS = "education.completed_program_levels"


def rows(case: Case) -> list[Row]:
    """A row for each requirement of the rule set that a profile can be checked against, in the set's order."""
    made = [make(case, rule) for make, rule in _checkable(case)]
    if case.program_replaces:
        made = [_not_applicable(row) if _is_inside(row.rule.key) else row for row in made]
    deciding = {key for row in made if row.status == "needs_review" for key in row.deciders}
    return made + (_group_row(case) if DECIDERS[Doubt.GROUP] in deciding else [])


def _checkable(case: Case) -> Iterator[tuple[Rower, Rule]]:
    for rule in case.rule_set.rules:
        if rule.key in ROWERS:
            yield ROWERS[rule.key], rule


def _is_inside(key: str) -> bool:
    return key.startswith(_INSIDE_A_PROGRAM) and key != _STANDS


def _not_applicable(row: Row) -> Row:
    return Row(row.rule, row.required, row.have, "not_applicable", row.note)


def _prior_credential(case: Case, rule: Rule) -> Row:
    profile = case.profile
    return flag(rule, first_award(profile.held, "PCC", profile.apply_on) is not None)


def _start_hours(case: Case, rule: Rule) -> Row:
    course = case.education.nearest_course
    return at_least(rule, course.minutes if course else 0, scale=60)


def _start_core_hours(case: Case, rule: Rule) -> Row:
    course = case.education.nearest_course
    return at_least(rule, course.core_minutes if course else 0, scale=60)


def _recent(case: Case, rule: Rule) -> Row:
    row = _experience(lambda sums: sums.recent, 60)(case, rule)
    window = f"Counted from {case.experience.window_from} to {case.profile.apply_on}, both days included."
    note = " ".join(part for part in (row.note, window) if part)
    return Row(row.rule, row.required, row.have, row.status, note, row.deciders)


def _experience(part: Callable[[Sums], int], scale: int) -> Rower:
    """A row of the coaching log: strict first, then with the uncertain rules read in the person's favour."""

    def make(case: Case, rule: Rule) -> Row:
        experience = case.experience
        strict = at_least(rule, part(experience.sums()), scale=scale)
        if strict.status == "met":
            return strict
        _, mild = thresholds(rule, scale)

        def meets(allowed: int) -> bool:
            return part(experience.sums(allowed)) >= mild

        if strict.status == "needs_review" or not meets(EVERY_DOUBT):
            return strict
        own = (rule.key,) if rule.is_uncertain else ()
        named = tuple(DECIDERS[doubt] for doubt in _deciding(experience.doubts, meets))
        return Row(rule, strict.required, strict.have, "needs_review", rule.note, own + named)

    return make


def _deciding(raised: int, meets: Callable[[int], bool]) -> list[int]:
    """The doubts that decide alone; where none does, those without which the others are not enough."""
    present = [doubt for doubt in DECIDERS if doubt & raised]
    alone = [doubt for doubt in present if meets(doubt)]
    return alone or [doubt for doubt in present if not meets(EVERY_DOUBT & ~doubt)] or present


def _group_row(case: Case) -> list[Row]:
    """The group limit itself, where it decides: the largest doubtful group beside the stricter limit."""
    largest = max(case.experience.doubtful_groups, key=lambda session: session.heads)
    rule = case.book.accounting_on(largest.on).rule(DECIDERS[Doubt.GROUP])
    if rule is None:
        return []
    limit = min(rule.value, *(other.value for other in rule.alternatives))
    return [Row(rule, limit, largest.heads, "needs_review", rule.note, (rule.key,))]


def _span(case: Case, rule: Rule) -> Row:
    have, required = case.mentoring.span
    return at_least(rule, have, required=required)


def _review_form(case: Case, rule: Rule) -> Row:
    """Firm, but for mentoring that ended before the specialization was asked for: ICF's word on it was not readable."""
    before, last = rule.review_if_mentoring_ended_before, case.mentoring.last_on
    unclear = before is not None and last is not None and last < before
    return flag(rule, case.profile.competency_review_form, review=unclear)


def _recordings(case: Case, rule: Rule) -> Row:
    return at_least(rule, case.profile.recordings)


ROWERS: dict[str, Rower] = {
    "prior_credential": _prior_credential,
    "education.total_hours_min": lambda case, rule: at_least(rule, case.education.minutes, scale=60),
    "education.core_competency_hours_min": lambda case, rule: at_least(rule, case.education.core_minutes, scale=60),
    "education.synchronous_hours_min": lambda case, rule: at_least(rule, case.education.synchronous_minutes, scale=60),
    "education.level3_hours_min": lambda case, rule: at_least(rule, case.education.level3_minutes, scale=60),
    "education.completed_program_levels": lambda case, rule: flag(rule, case.education.program is not None),
    "experience.total_hours_min": _experience(lambda sums: sums.total, 60),
    "experience.paid_hours_min": _experience(lambda sums: sums.paid, 60),
    "experience.distinct_clients_min": _experience(lambda sums: sums.clients, 1),
    "experience.recent_hours_min": _recent,
    "experience.start_course_hours_min": _start_hours,
    "experience.start_course_core_hours_min": _start_core_hours,
    "mentor.total_hours_min": lambda case, rule: at_least(rule, case.mentoring.minutes, scale=60),
    "mentor.one_to_one_hours_min": lambda case, rule: at_least(rule, case.mentoring.one_to_one, scale=60),
    "mentor.span_months_min": _span,
    "mentor.observed_sessions_min": lambda case, rule: at_least(rule, case.mentoring.observed),
    "mentor.competency_review_form_by_mcs_required": _review_form,
    "performance_evaluation.recordings_required": _recordings,
}
