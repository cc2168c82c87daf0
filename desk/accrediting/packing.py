"""The pack as one zip: a manifest, the cohort, the course by minutes, the mentors with proof, the policies."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from openpyxl import Workbook
from openpyxl.styles import Font
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer, undefer

from courseware.models import Lesson, MakeUpRule, Module
from credentials.models import MentorProof
from credentials.observing.queries import forms_among
from credentials.performance.queries import attempts_among
from credentials.providing.listing import Row
from desk.accrediting.completing import Completeness
from desk.accrediting.gathering import Gathered, MentorKept
from enrollment.policies.wording import others, rules
from foundation.csvs import neutral
from foundation.db import db
from foundation.filters import count, shown_date
from payments.agreeing import current

_WHO = ("Trainee", "State", "Began", "Completed")
_HOURS = ("Education", "Core", "Resource", "Live", "Own study", "Mentor coaching", "One-to-one")
PEOPLE = (*_WHO, *_HOURS, "Observed sessions", "Written feedback", "Lacking")
CURRICULUM = ("Module", "Lesson", "Kind", "Minutes", "Core", "Resource", "Live", "Own study")
MENTORS = ("Mentor", "Credential", "Specializations", "Fact", "Level", "From", "Until", "Document", "SHA-256")
EVALUATIONS = ("Trainee", "Attempt", "Level", "Rubric", "State", "Assessor", "Holds", "Decided on", "Read on")
FORMS = ("Trainee", "Form", "Level", "Mentor", "Session on", "Signed by both on", "Form's name here")
PIECES = ("Part", "What is asked", "How much", "There", "What there is", "Where in this pack", "Source")


def write_pack(
    out: BinaryIO, got: Gathered, complete: Completeness, documents: Mapping[str, Path], at: datetime
) -> None:
    """The zip, with the documents that were typeset before. It holds trainees' names and hours, no client's name."""
    files: dict[str, bytes | Path] = {
        **_tables(got, complete),
        **_policies(got, at),
        **_proofs(got.mentors),
        **documents,
    }
    files["README.txt"] = _readme(got, complete, at).encode()
    manifest = [(name, _size(file), digest_of(file)) for name, file in sorted(files.items())]
    files["manifest.csv"] = _csv(("File", "Bytes", "SHA-256"), manifest)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(files):
            file = files[name]
            pack.write(file, name) if isinstance(file, Path) else pack.writestr(name, file)


def _tables(got: Gathered, complete: Completeness) -> dict[str, bytes]:
    cohort = [_person(row) for row in got.found.rows]
    return {
        "what-is-asked.csv": _csv(PIECES, _pieces(complete)),
        "program.csv": _csv(("What", "Said"), _program(got)),
        "people.csv": _csv(("Part", "Name", "Credential"), _people(got)),
        "cohort.csv": _csv(PEOPLE, cohort),
        "cohort.xlsx": _xlsx(PEOPLE, cohort),
        "curriculum.csv": _csv(CURRICULUM, _curriculum(got)),
        "mentors.csv": _csv(MENTORS, [cells for one in got.mentors for cells in _mentor(one)]),
        "observation-forms.csv": _csv(FORMS, _forms(got)),
        "evaluations.csv": _csv(EVALUATIONS, _evaluations(got)),
    }


def _policies(got: Gathered, at: datetime) -> dict[str, bytes]:
    agreement, terms = current(), got.beside.leaving.terms
    made_up = db.session.scalar(select(MakeUpRule).where(MakeUpRule.cohort_id == got.cohort.id))
    written = {
        "leaving.txt": "\n".join([*rules(terms), *others(terms)]),
        "enrollment-agreement.md": f"# {agreement.title}\n\n{agreement.body_md}\n",
        "missed-classes.txt": "\n".join(_missed(made_up)) if made_up else "",
        "payment.txt": str(got.program.facts.get("payment_policy", "")),
    }
    return {f"policies/{name}": words.encode() for name, words in written.items() if words}


def _missed(rule: MakeUpRule) -> list[str]:
    """What makes up for a class that was missed."""
    ways = {"by the recording": rule.by_recording, "with another group, live": rule.by_live}
    told = [f"A missed class is made up {' or '.join(way for way, is_open in ways.items() if is_open)}."]
    told += [f"At least {count(rule.takeaways_words, 'word')} of takeaways."] if rule.takeaways_words else []
    told += [f"At least {count(rule.practice_minutes, 'minute')} of practice."] if rule.practice_minutes else []
    told += [f"Within {count(rule.within_days, 'day')}."]
    told += [f"At most {count(rule.at_most, 'class', 'classes')}."] if rule.at_most else []
    return [*told, rule.note] if rule.note else told


def _program(got: Gathered) -> list[Sequence[Any]]:
    one = got.program
    minutes = (("Minutes", one.minutes), ("Core", one.core_minutes), ("Live", one.synchronous_minutes))
    public = [("Page", f"/programs/{one.slug}")] if one.is_published else []
    return [("Program", one.title), ("Level", str(one.level)), ("Cohort", got.cohort.title), *minutes, *public]


def _people(got: Gathered) -> list[Sequence[Any]]:
    director = got.program.facts.get("director", {})
    faculty = [("Faculty", one["name"], one.get("credential", "")) for one in got.program.facts.get("faculty", [])]
    named = (
        [("Director of education", director["name"], director.get("credential", ""))] if director.get("name") else []
    )
    return [*named, *faculty]


def _size(file: bytes | Path) -> int:
    return file.stat().st_size if isinstance(file, Path) else len(file)


def digest_of(file: bytes | Path) -> str:
    if isinstance(file, bytes):
        return hashlib.sha256(file).hexdigest()
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _readme(got: Gathered, complete: Completeness, at: datetime) -> str:
    program, cohort, school = got.program, got.cohort, current_app.config["SETTINGS"].school_name
    lines = [
        f"{school}: {program.title}, {cohort.title}, as of {shown_date(at, zone=cohort.time_zone)}",
        "",
        f"Beside what ICF asks of a program for {got.asked.provider.path}, by the rules of {cohort.starts_on}.",
        f"{complete.percent} percent of {len(complete.pieces)} pieces are there.",
        "",
        *(f"Missing: {one.label} ({one.found})" for one in complete.missing),
        "",
        "Minutes are whole minutes that staff have verified. No client is named by the school in this pack; the forms",
        "that mentors wrote quote what was said in sessions. Give it to ICF, and to nobody else.",
        "ICF decides what it accepts; the sources of each figure stand in what-is-asked.csv.",
    ]
    return "\n".join(lines) + "\n"


def _pieces(complete: Completeness) -> list[Sequence[Any]]:
    return [
        (p.group, p.label, p.asked, "yes" if p.is_there else "no", p.found, p.file, p.source) for p in complete.pieces
    ]


def _person(row: Row) -> Sequence[Any]:
    person, own, mentored = row.person, row.hours, row.mentored
    ended = person.completed_at.date().isoformat() if person.completed_at else ""
    taught = (own.education, own.core, own.resource, own.live, own.own, own.mentor, mentored.one_to_one)
    return (
        person.name,
        str(person.state),
        person.started_at.date().isoformat(),
        ended,
        *(one.verified for one in taught),
        row.observed.verified,
        row.written.verified,
        "; ".join(one.label for one in row.checks if not one.is_met),
    )


def _curriculum(got: Gathered) -> list[Sequence[Any]]:
    query = select(Lesson).join(Lesson.module).where(Lesson.program_id == got.program.id)
    query = query.options(contains_eager(Lesson.module), defer(Lesson.body_md), defer(Lesson.transcript_md))
    lessons = db.session.scalars(query.order_by(Module.position, Module.id, Lesson.position, Lesson.id))
    made: list[Sequence[Any]] = [
        (one.module.title, one.title, str(one.kind), *_split(one.minutes, one.core_minutes, one.synchronous))
        for one in lessons
    ]
    minutes, core, live = got.totals
    made.append(("All", "", "", minutes, core, minutes - core, live, minutes - live))
    return made


def _split(minutes: int, core: int, live: bool) -> tuple[int, ...]:
    return minutes, core, minutes - core, minutes if live else 0, 0 if live else minutes


def _mentor(one: MentorKept) -> Iterable[Sequence[Any]]:
    levels = ", ".join(f"MCS-{level}" for level, _ in one.held.specializations)
    for fact in one.facts:
        days = (
            fact.held_from.isoformat() if fact.held_from else "",
            fact.held_until.isoformat() if fact.held_until else "",
        )
        proof = (fact.proof.name, fact.proof.sha256) if fact.proof else ("", "")
        yield one.mentor.name, one.held.credential, levels, str(fact.kind), str(fact.level), *days, *proof


def _forms(got: Gathered) -> list[Sequence[Any]]:
    """Which forms there are, and when both signed."""
    return [
        (
            one.user.name,
            str(one.kind).replace("_", " "),
            str(one.level),
            one.author.name,
            one.about_on.isoformat(),
            one.signed_at.date().isoformat() if one.signed_at else "",
            one.public_id,
        )
        for one in forms_among(row.person.user_id for row in got.found.rows)
    ]


def _evaluations(got: Gathered) -> list[Sequence[Any]]:
    """Who was assessed by whom, and how it ended. Recordings, transcripts and reflections stay sealed."""
    made: list[Sequence[Any]] = []
    for one in attempts_among(row.person.id for row in got.found.rows):
        verdict = one.verdict
        said = (verdict.author_name, verdict.held, verdict.at.date().isoformat()) if verdict else ("", "", "")
        read = verdict.seen.at.date().isoformat() if verdict and verdict.seen else ""
        made.append((one.user.name, one.attempt, str(one.level), one.rubric, str(one.state), *said, read))
    return made


def _proofs(mentors: list[MentorKept]) -> dict[str, bytes]:
    """The documents themselves, each under the mentor's name."""
    wanted = {fact.proof_id: one.mentor.name for one in mentors for fact in one.facts if fact.proof_id}
    query = select(MentorProof).where(MentorProof.id.in_(wanted)).options(undefer(MentorProof.content))
    found = db.session.scalars(query.order_by(MentorProof.id)) if wanted else ()
    return {f"proofs/{plain(wanted[one.id])}/{one.id}-{plain(one.name)}": one.content for one in found}


def plain(name: str) -> str:
    """A name that no file system takes for a path."""
    return "".join(c if c.isalnum() or c in "-. " else "_" for c in name).strip(". ") or "file"


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Cohort"
    sheet.append(list(header))
    for row in rows:
        sheet.append([neutral(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
