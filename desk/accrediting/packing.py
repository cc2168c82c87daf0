"""The pack as one zip: a manifest, the cohort, the course by minutes, the mentors with proof, the policies."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from openpyxl import Workbook
from openpyxl.styles import Font
from sqlalchemy import select
from sqlalchemy.orm import undefer

from credentials.models import MentorProof
from credentials.performance.queries import attempts_among
from credentials.providing.listing import Row
from desk.accrediting.completing import Completeness
from desk.accrediting.gathering import Gathered, MentorKept
from enrollment.policies.wording import others, rules
from foundation.csvs import neutral
from foundation.db import db
from foundation.filters import shown_date

_WHO = ("Trainee", "State", "Began", "Completed")
_HOURS = ("Education", "Core", "Resource", "Live", "Own study", "Mentor coaching", "One-to-one")
PEOPLE = (*_WHO, *_HOURS, "Observed sessions", "Written feedback", "Lacking")
CURRICULUM = ("Module", "Lesson", "Kind", "Minutes", "Core", "Resource", "Live", "Own study")
MENTORS = ("Mentor", "Credential", "Specializations", "Fact", "Level", "From", "Until", "Document", "SHA-256")
EVALUATIONS = ("Trainee", "Attempt", "Level", "Rubric", "State", "Assessor", "Holds", "Decided on", "Read on")
FORMS = ("Trainee", "Form", "Level", "Mentor", "Session on", "Signed by both on", "Form's name here")
PIECES = ("Part", "What is asked", "How much", "There", "What there is", "Source")


def accreditation_pack(got: Gathered, complete: Completeness, *, at: datetime) -> bytes:
    """The zip. It holds trainees' names and hours, and no word about any client."""
    parts = {
        "what-is-asked.csv": _csv(PIECES, _pieces(complete)),
        "cohort.csv": _csv(PEOPLE, [_person(row) for row in got.found.rows]),
        "cohort.xlsx": _xlsx(PEOPLE, [_person(row) for row in got.found.rows]),
        "curriculum.csv": _csv(CURRICULUM, _curriculum(got)),
        "mentors.csv": _csv(MENTORS, [cells for one in got.mentors for cells in _mentor(one)]),
        "observation-forms.csv": _csv(FORMS, _forms(got)),
        "evaluations.csv": _csv(EVALUATIONS, _evaluations(got)),
        "policies/leaving.txt": "\n".join([*rules(got.leaving.terms), *others(got.leaving.terms)]).encode(),
        "policies/enrollment-agreement.md": f"# {got.agreement.title}\n\n{got.agreement.body_md}\n".encode(),
        "policies/payment.txt": str(got.program.facts.get("payment_policy", "")).encode(),
        **_proofs(got.mentors),
    }
    parts["README.txt"] = _readme(got, complete, at).encode()
    parts["manifest.csv"] = _csv(("File", "Bytes", "SHA-256"), _manifest(parts))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(parts):
            pack.writestr(name, parts[name])
    return out.getvalue()


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
        "Minutes are whole minutes that staff have verified. Clients stand nowhere in this pack.",
        "ICF decides what it accepts; the sources of each figure stand in what-is-asked.csv.",
    ]
    return "\n".join(lines) + "\n"


def _pieces(complete: Completeness) -> list[Sequence[Any]]:
    return [(p.group, p.label, p.asked, "yes" if p.is_there else "no", p.found, p.source) for p in complete.pieces]


def _person(row: Row) -> Sequence[Any]:
    enrollment, own, mentored = row.enrollment, row.hours, row.mentored
    ended = enrollment.completed_at.date().isoformat() if enrollment.completed_at else ""
    taught = (own.education, own.core, own.resource, own.live, own.own, own.mentor, mentored.one_to_one)
    return (
        enrollment.user.name,
        str(enrollment.state),
        enrollment.started_at.date().isoformat(),
        ended,
        *(one.verified for one in taught),
        row.observed.verified,
        row.written.verified,
        "; ".join(one.label for one in row.checks if not one.is_met),
    )


def _curriculum(got: Gathered) -> list[Sequence[Any]]:
    made: list[Sequence[Any]] = [
        (module.title, one.title, str(one.kind), *_split(one.minutes, one.core_minutes, one.synchronous))
        for module in got.modules
        for one in module.lessons
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
    """Which forms there are, and when both signed. What they say stays sealed: it quotes people."""
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
        for one in got.forms
    ]


def _evaluations(got: Gathered) -> list[Sequence[Any]]:
    """Who was assessed by whom, and how it ended. Recordings and what was said of them stay sealed."""
    made: list[Sequence[Any]] = []
    for one in attempts_among(row.enrollment.id for row in got.found.rows):
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
    return {f"proofs/{_plain(wanted[one.id])}/{one.id}-{_plain(one.name)}": one.content for one in found}


def _plain(name: str) -> str:
    """A name that no file system takes for a path."""
    return "".join(c if c.isalnum() or c in "-. " else "_" for c in name).strip(". ") or "file"


def _manifest(parts: dict[str, bytes]) -> list[Sequence[Any]]:
    return [(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in sorted(parts.items())]


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
