"""What a person should know beside the figures, in sentences. ICF decides; a notice never says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from credentials.evaluating.answers import Row
from credentials.evaluating.case import Case
from credentials.evaluating.experience import Doubt, Experience, listed
from credentials.evaluating.profile import Profile
from credentials.evaluating.renewal import Renewal
from credentials.rules import Rule, RuleBook, RuleSet

_EDGES = {
    Doubt.START: "the start of education",
    Doubt.APPLICATION: "the day of the application",
    Doubt.WINDOW: "the first day of the window of recent hours",
}


def hours(minutes: int) -> str:
    """Minutes as people say them: `2 h 30 min`."""
    whole, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{whole} h" if whole or not rest else "", f"{rest} min" if rest else "") if part)


def for_all(profile: Profile, rule_set: RuleSet, book: RuleBook, rows: Iterable[Row]) -> list[str]:
    """What every assessment says: which rules were read, which uncertain rule decides, which records share an id."""
    since = f"in force since {rule_set.effective_from}, " if rule_set.effective_from else ""
    told = [f"Read under {rule_set.id}, {since}as compiled on {book.compiled_on}. ICF decides."]
    if rule_set.confidence_of_effective_from:
        sureness, _, why = rule_set.confidence_of_effective_from.partition(":")
        told.append(f"The first day of these rules is known with {sureness} confidence:{why}.")
    told += _decisions([row for row in rows if row.status == "needs_review"])
    twice = [record for record, times in Counter(_ids(profile)).items() if times > 1]
    return told + ([f"More than one record has the name of {listed(twice)}: each was counted."] if twice else [])


def for_application(case: Case, rows: list[Row]) -> list[str]:
    """What an application for a credential says beside its rows."""
    told = [*case.education.notices, *_on_experience(case.experience, case.book), *_on_mentoring(case, rows)]
    if case.program_replaces:
        program = case.education.program
        assert program is not None
        told.append(
            f"The completed program {program.id} stands in for the tests of education, mentor coaching and "
            "performance evaluation."
        )
    told += _on_recordings(case)
    if case.rule_set.serves == "portfolio" and not case.rule_set.rule("education.synchronous_hours_min"):
        told.append("No minimum of synchronous hours was found for this path: ask ICF.")
    exam = case.rule_set.rule("exam.required", on=case.profile.apply_on)
    if exam:
        told.append(f"The exam follows the application: {exam.value}.{_note(exam)}")
    return told


def for_renewal(renewal: Renewal) -> list[str]:
    """What a renewal says beside its rows: the days of the cycle, and what a late submission costs."""
    if renewal.cycle is None:
        return [f"No {renewal.profile.credential} is held on {renewal.profile.apply_on}: there is no cycle to renew."]
    told = [f"Units count from {renewal.cycle.starts_on} to {renewal.cycle.expires_on}, both days included."]
    told += _on_day_of_submission(renewal, renewal.cycle.expires_on)
    spare = renewal.mentoring.minutes - renewal.mentor_as_core
    if spare > 0:
        told.append(f"Of the mentor coaching, {hours(spare)} are past what counts as core units.")
    if renewal.profile.mentor_sessions and not renewal.rule_set.rule("renewal.mentor_eligible"):
        told.append("These rules do not say who may mentor for this renewal: every mentor session was counted.")
    return told + _on_undated_mentors(renewal.mentoring.undated_mentors)


def _on_day_of_submission(renewal: Renewal, expires_on: date) -> list[str]:
    apply_on, (early, grace, last) = renewal.profile.apply_on, renewal.days
    if apply_on < early:
        return [f"Too early: ICF takes this renewal from {early}."]
    if apply_on <= expires_on:
        return []
    if apply_on > last:
        return [f"Too late: the credential expired on {expires_on}, and ICF took renewals until {last}."]
    cost = _cost_of_lapse(renewal)
    if apply_on <= grace:
        return [
            f"In the months of grace: the credential expired on {expires_on}, grace lasts until {grace}. "
            f"After it: {cost}."
        ]
    return [
        f"Lapsed: the credential expired on {expires_on}, the months of grace ended on {grace}. "
        f"{cost[0].upper()}{cost[1:]}."
    ]


def _cost_of_lapse(renewal: Renewal) -> str:
    fee = renewal.rule_set.rule("renewal.late_fee_usd")
    if fee:
        return f"a late fee of {fee.value} USD, and the next cycle counts from the old day of expiry"
    extra, core = (renewal.rule_set.rule(f"renewal.extra_{part}_per_lapsed_month") for part in ("cce", "core"))
    if not extra or not core:
        return "ask ICF what a late renewal costs"
    months = renewal.lapsed_months
    if not months:
        return f"{extra.value} extra units a month, {core.value} of them core"
    total, base = renewal.rule_set.rule("renewal.cce_total_min"), renewal.rule_set.rule("renewal.cce_core_min")
    asked = round((total.value if total else 0) + extra.value * months, 2)
    asked_core = round((base.value if base else 0) + core.value * months, 2)
    return (
        f"{round(extra.value * months, 2)} extra units are asked for ({extra.value} a month), "
        f"{asked} in all, {asked_core} of them core"
    )


def _ids(profile: Profile) -> Iterable[str]:
    yield from (f"course {course.id}" for course in profile.courses)
    yield from (f"session {session.id}" for session in profile.sessions)
    yield from (f"mentor session {session.id}" for session in profile.mentor_sessions)
    yield from (f"unit {unit.id}" for unit in profile.units)


def _decisions(open_rows: list[Row]) -> list[str]:
    """Which uncertain rules decide which requirement; a limit that only decides others is named with them."""
    behind = {key for row in open_rows for key in row.deciders if key != row.rule.key}
    told = []
    for row in open_rows:
        if row.deciders != (row.rule.key,):
            told.append(f"Uncertain rules decide {row.rule.key}: {', '.join(row.deciders)}. Ask ICF.")
        elif row.rule.key not in behind:
            told.append(f"An uncertain rule decides: {row.rule.key}. Ask ICF.{_note(row.rule)}")
    return told


def _note(rule: Rule) -> str:
    return f" {rule.note}" if rule.note else ""


def _on_experience(experience: Experience, book: RuleBook) -> list[str]:
    told = []
    if experience.on_first_day:
        told.append(f"On the first day of education, and counted; ICF does not say: {listed(experience.on_first_day)}.")
    for edge, name in _EDGES.items():
        if experience.straddling[edge]:
            told.append(f"Reaches across {name}, and is read as outside: {listed(experience.straddling[edge])}.")
    if experience.doubtful_groups:
        told.append(_on_groups(experience, book))
    if experience.peer_minutes:
        rule = book.accounting_on(date.max).rule("paid.includes_reciprocal_peer_coaching_outside_class")
        told.append(f"{hours(experience.peer_minutes)} of peer exchange count as paid.{_note(rule) if rule else ''}")
    touched = (book.accounting_on(date.max).rule(key) for key in sorted(experience.touched))
    return told + [f"{book.keys[rule.key].label}.{_note(rule)}" for rule in touched if rule and rule.note]


def _on_groups(experience: Experience, book: RuleBook) -> str:
    groups = experience.doubtful_groups
    rule = book.accounting_on(groups[0].on).rule("group.participants_max")
    strict, mild = experience.sums(), experience.sums(Doubt.GROUP)
    return (
        f"group.participants_max: the groups of {listed(group.id for group in groups)} count under one reading only: "
        f"{hours(strict.total)} without them, {hours(mild.total)} with them.{_note(rule) if rule else ''}"
    )


def _on_mentoring(case: Case, rows: list[Row]) -> list[str]:
    told = _on_undated_mentors(case.mentoring.undated_mentors)
    short = any(row.rule.key.startswith("mentor.") and row.status == "not_met" for row in rows)
    for rule in case.rule_set.by_key.get("mentor.eligible_mentor", ()):
        if short and rule.applies_from and rule.applies_from > case.profile.apply_on:
            told.append(f"Mentor sessions from {rule.applies_from} on count only with {' or '.join(rule.value)}.")
    size = case.rule_set.rule("mentor.group_size_max")
    if size and any(left.reason == "group_too_large" for left in case.mentoring.excluded):
        told.append(f"A group of mentees has at most {size.value}.{_note(size)}")
    reuse = case.rule_set.rule("mentor.reuse_hours_from_earlier_application")
    if reuse and case.mentoring.sessions and not case.program_replaces:
        told.append(f"Whether mentor hours served an earlier application is not checked here.{_note(reuse)}")
    return told


def _on_undated_mentors(names: list[str]) -> list[str]:
    return [
        f"The day since which {name} holds the specialization is not given; it was taken as held." for name in names
    ]


def _on_recordings(case: Case) -> list[str]:
    rule = case.rule_set.rule("performance_evaluation.recordings_required")
    if rule and rule.value and case.program_replaces:
        return [f"Recordings may still be asked for beside the program: ask ICF.{_note(rule)}"]
    return []
