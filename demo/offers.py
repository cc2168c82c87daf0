"""Chapter two: programs, their courses, cohorts and timetables; days are counted from the day of loading."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from courseware.authoring import put_modules
from courseware.drafts import ChoiceDraft, LessonDraft, ModuleDraft, QuestionDraft
from courseware.models import Lesson, LessonKind, QuestionKind
from courseware.scheduling import schedule
from demo.calendars import SATURDAY, first_weekday, near, settled, weekday_in
from demo.people import person
from demo.reading import CONTENT, Text, table, text, texts
from enrollment.models import Cohort, Level, Program
from enrollment.policies.applying import school_day
from enrollment.policies.publishing import publish
from enrollment.policies.terms import Measure, Step, Terms
from foundation.db import db
from payments import agreeing

RESOURCE_EVENINGS = {"evenings-one-to-ten": 8, "evenings-eleven-to-twenty": 7}
KEPT_ELSEWHERE = ("level", "leaving", "promises")
COLUMNS = ("slug", "title", "minutes", "core_minutes", "synchronous_minutes", "summary")


def make_agreement(at: datetime) -> None:
    """The school's own wording, which buyers read instead of the one that comes with the program."""
    told = text(CONTENT / "agreement.md")
    note = "The school's own words"
    agreeing.publish(told.facts["title"], told.body, note=note, actor=person("ingrid-solheim-achebe"), at=at)


def make_programs(at: datetime) -> None:
    make_agreement(at - timedelta(days=900))
    for position, told in enumerate(sorted(texts("programs"), key=lambda t: -t.facts["minutes"]), 1):
        facts = told.facts
        program = Program(
            **{name: facts[name] for name in COLUMNS},
            level=Level(facts["level"]),
            description_md=told.body,
            facts=_published(facts),
            position=position,
            created_at=at - timedelta(days=900),
        )
        db.session.add(program)
        db.session.flush()
        _rules(program, facts)
        put_modules(program, _modules(CONTENT / "lessons" / program.slug))


def _rules(program: Program, facts: dict[str, Any]) -> None:
    """What comes back to whoever leaves: the program's own rule, in force since there was a program."""
    terms = Terms(steps=tuple(_step(one) for one in facts["leaving"]), currency=facts["currency"], **facts["promises"])
    since = program.created_at
    publish(program, terms, effective_on=school_day(since), note="The rule the program began with", at=since)


def _step(told: dict[str, Any]) -> Step:
    measure, number = ("afterwards", 0) if told["until"] == "afterwards" else next(iter(told["until"].items()))
    return Step(Measure(measure), number, told["percent"], told.get("keep_cents", 0))


def _published(facts: dict[str, Any]) -> dict[str, Any]:
    """What a provider tells the public, with the people who teach and the questions that are asked."""
    kept = {name: value for name, value in facts.items() if name not in {*COLUMNS, *KEPT_ELSEWHERE}}
    teaches = [one for one in table("school")["faculty"] if one["key"] in facts["instructors"]]
    kept["faculty"] = [{name: one[name] for name in ("name", "credential", "title", "bio")} for one in teaches]
    asked = [one for one in table("faq") if facts["slug"] in one["programs"]]
    kept["questions"] = [{"question": one["question"], "answer": one["answer"]} for one in asked]
    kept["in_short"] = [
        ["Weeks", str(facts["weeks"])],
        ["Delivery", facts["delivery"]],
        ["Languages", ", ".join(facts["languages"])],
        ["Mentor coaching", f"{facts['mentor_minutes'] // 60} h"],
        ["Observed sessions", str(facts["observed_sessions"])],
    ]
    return kept


def _modules(folder: Path) -> list[ModuleDraft]:
    import yaml

    made = []
    for inside in sorted(p for p in folder.iterdir() if p.is_dir()):
        told = yaml.safe_load((inside / "module.yaml").read_text("utf-8"))
        lessons = [_lesson(path) for path in sorted(inside.glob("*.md"))]
        made.append(ModuleDraft(inside.name, told["title"], told["summary"], lessons))
    return made


def _lesson(path: Path) -> LessonDraft:
    told: Text = text(path)
    facts, slug = told.facts, path.stem.split("-", 1)[1]
    body, _, transcript = told.body.partition("## Transcript\n")
    media: dict[str, Any] = {name: facts[name] for name in ("video", "captions", "poster") if name in facts}
    told_beside = ("time_plan", "competency", "sessions", "session_minutes")
    shown: dict[str, Any] = {name: facts[name] for name in told_beside if name in facts}
    return LessonDraft(
        path=f"{path.parent.name}/{path.name}",
        slug=slug,
        title=facts["title"],
        kind=LessonKind(facts["kind"]),
        summary=facts["summary"],
        minutes=facts["minutes"],
        core_minutes=facts["core_minutes"],
        synchronous=facts["synchronous"],
        body_md=body.strip(),
        transcript_md=transcript.strip(),
        media=media,
        facts=shown,
        pass_percent=facts.get("pass_percent", 75),
        questions=[_question(one) for one in facts.get("questions", [])],
    )


def _question(one: dict[str, Any]) -> QuestionDraft:
    choices = [ChoiceDraft(str(c["text"]), bool(c["correct"])) for c in one["choices"]]
    return QuestionDraft(one["text"], QuestionKind(one["kind"]), choices, one["explanation"])


def make_cohorts(at: datetime) -> None:
    for told in table("cohorts"):
        program = db.session.query(Program).filter_by(slug=told["program"]).one()
        cohort = Cohort(
            code=told["code"],
            program_id=program.id,
            title=told["title"],
            starts_on=near(_day(told, "starts_in_days", at), first_weekday(told["meets"])),
            ends_on=near(_day(told, "ends_in_days", at), first_weekday(told["meets"])),
            time_zone=told["time_zone"],
            seats=told["seats"],
            price_cents=told["price_cents"],
            currency=told["currency"],
            language=told["language"],
            rhythm=told["meets"],
            opens_at=at + timedelta(days=told["enrollment_opens_in_days"]),
            closes_at=_evening(told, at),
            instructor_id=person(program.facts["instructors"][1]).id,
            created_at=at - timedelta(days=800),
        )
        db.session.add(cohort)
        db.session.flush()
        _timetable(cohort, told, at)


def _day(told: dict[str, Any], name: str, at: datetime) -> Any:
    return at.astimezone(ZoneInfo(told["time_zone"])).date() + timedelta(days=told[name])


def _evening(told: dict[str, Any], at: datetime) -> datetime:
    """The end of the last day on which one can enroll, on the cohort's clock."""
    day = _day(told, "enrollment_closes_in_days", at)
    return datetime.combine(day, time(23, 59), ZoneInfo(told["time_zone"]))


def _timetable(cohort: Cohort, told: dict[str, Any], at: datetime) -> None:
    """Every meeting of every live lesson, spread evenly over the cohort's days, on the day and at the hour it meets."""
    lessons = (
        db.session.query(Lesson)
        .filter_by(program_id=cohort.program_id, kind=LessonKind.LIVE_CLASS)
        .order_by(Lesson.module_id, Lesson.position)
    )
    meetings = [(lesson, n) for lesson in lessons for n in range(lesson.facts["sessions"])]
    instructor = cohort.instructor
    for (lesson, n), starts_at in zip(meetings, _moments([lesson for lesson, _ in meetings], told, at), strict=True):
        minutes = lesson.facts["session_minutes"]
        schedule(
            cohort,
            title=_title(lesson, n),
            starts_at=starts_at,
            minutes=minutes,
            core_minutes=_core(lesson, n, minutes),
            at=min(at, cohort.opens_at),
            lesson=lesson,
            join_url=f"https://meet.example.com/{cohort.code}",
            instructor=instructor,
        )


def _moments(lessons: list[Lesson], told: dict[str, Any], at: datetime) -> list[datetime]:
    """When each meeting begins: evenings on the cohort's weekday, whole days on a Saturday morning."""
    clock = re.search(r"(\d\d):(\d\d)", told["meets"])
    evening = time(int(clock.group(1)), int(clock.group(2))) if clock else time(18)
    zone, first = ZoneInfo(told["time_zone"]), _day(told, "starts_in_days", at)
    length = told["ends_in_days"] - told["starts_in_days"] - 1
    spread = [first + timedelta(days=n * length // max(1, len(lessons) - 1)) for n in range(len(lessons))]
    whole = ["Saturday" in lesson.title for lesson in lessons]
    weekdays = [SATURDAY if long else weekday_in(told["meets"]) for long in whole]
    days = settled(spread, weekdays, lambda day: datetime.combine(day, evening, zone) < at)
    begins = [time(10) if long else evening for long in whole]
    return [datetime.combine(day, hour, zone) for day, hour in zip(days, begins, strict=True)]


def _title(lesson: Lesson, n: int) -> str:
    number = lesson.facts["sessions"]
    return f"{lesson.title}, {n + 1} of {number}" if number > 1 else lesson.title


def _core(lesson: Lesson, n: int, minutes: int) -> int:
    """Core minutes of the n-th meeting of a lesson; their sum is the lesson's own figure."""
    evening = RESOURCE_EVENINGS.get(lesson.slug)
    if evening is not None:
        return 0 if n == evening else minutes
    return minutes if lesson.core_minutes == lesson.minutes else lesson.core_minutes // lesson.facts["sessions"]
