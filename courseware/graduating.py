"""Graduating: what a trainee still needs, line by line, each with the page that proves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from courseware.meetings import Meeting
from courseware.models import LessonKind
from courseware.outlining import Outline
from credentials.certifying import Need, completions_of, named_elsewhere, needs_of
from credentials.models import Certificate
from credentials.performance.passing import is_asked, passed_among
from credentials.summing import Totals
from enrollment.models import Enrollment
from foundation.filters import count, hours


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist. `href` leads to its proof."""

    label: str
    text: str
    is_done: bool
    href: str


def checklist(
    enrollment: Enrollment, outline: Outline, meetings: Sequence[Meeting], totals: Totals, *, at: datetime
) -> list[Line]:
    """Lessons, quizzes, classes, the hours of the ledger, the certificate. Two statements."""
    course = url_for("learn.course", enrollment=enrollment.public_id)
    own = [step for step in outline.steps if step.kind not in {LessonKind.QUIZ, LessonKind.LIVE_CLASS}]
    quizzes = [step for step in outline.steps if step.kind == LessonKind.QUIZ]
    lines = []
    if own:
        lines.append(_counted("Reading and video", sum(s.is_done for s in own), len(own), "finished", course))
    if quizzes:
        lines.append(_counted("Quizzes", sum(s.is_done for s in quizzes), len(quizzes), "passed", course))
    if meetings:
        lines.append(_classes(meetings, f"{course}#classes", at))
    papers = completions_of([enrollment.user_id])
    elsewhere = named_elsewhere(enrollment, papers)
    lines += [_hours(need) for need in needs_of(enrollment, totals, elsewhere=elsewhere)]
    if is_asked(enrollment.cohort.program):
        done = enrollment.id in passed_among([enrollment])
        lines.append(Line("Performance evaluation", "Passed" if done else "Not passed yet", done, "/hours/evaluations"))
    mine = next((one for one in papers if one.enrollment_id == enrollment.id), None)
    return [*lines, _certificate(mine, all(line.is_done for line in lines))]


def _counted(label: str, done: int, total: int, word: str, href: str) -> Line:
    return Line(label, f"{done} of {total} {word}", done == total, href)


def _classes(meetings: Sequence[Meeting], href: str, at: datetime) -> Line:
    there = sum(bool(m.attended) for m in meetings)
    made_up = sum(m.attended == 0 and m.made_up > 0 for m in meetings)
    missed = sum(m.attended == 0 and not m.made_up for m in meetings)
    waiting = sum(m.attended is None and m.is_over(at) for m in meetings)
    words = [f"{there} of {count(len(meetings), 'class', 'classes')} attended"]
    words += [f"{made_up} made up"] if made_up else []
    words += [f"{missed} missed"] if missed else []
    words += [f"{waiting} not marked yet"] if waiting else []
    return Line("Live classes", ", ".join(words), there + made_up == len(meetings), href)


def _hours(need: Need) -> Line:
    waits = f", {hours(need.waiting)} waiting" if need.waiting > 0 else ""
    href = "/hours/mentoring" if need.label.startswith("Mentor") else "/hours/ledger?kind=education"
    text = f"{hours(need.have)} of {hours(need.required)} checked{waits}"
    return Line(need.label, text, need.is_met, href)


def _certificate(mine: Certificate | None, all_done: bool) -> Line:
    if mine is not None:
        return Line("Certificate", f"{mine.number}, issued", True, f"/verify/{mine.number}")
    text = "The school can issue it now" if all_done else "Comes when the lines above are done"
    return Line("Certificate", text, False, "/hours")
