"""The school as a provider: what ICF asks for, how much of it is there, and all of it in one file."""

import csv
import hashlib
import io
import re
import zipfile
from datetime import date, timedelta

import pypdf
import pytest

from accounts.models import User
from courseware.models import Lesson, LessonKind, Module
from credentials.models import MentorCredential, PackState
from credentials.observing.drafting import mentor_of
from credentials.providing.schooling import school_by_kind
from credentials.summing import CHECKED, WAITING, totals_of
from desk.accrediting import making, storing
from desk.accrediting.completing import completeness
from desk.accrediting.gathering import gather
from enrollment.models import Cohort, Level, Program
from foundation.audit import AuditLine
from foundation.db import db
from tasks.packs import make_packs
from tests.credentials.forms import signed

STATED = {"director": "Ingrid Solheim", "credential": "MCC", "ethics": "3", "evaluation": ""}


@pytest.fixture
def rosa(school):
    return school.user("Rosa Registrar", "registrar")


@pytest.fixture
def program(school):
    """A Level 1 program of 60 hours whose map holds them all."""
    facts = {"evaluation": True}
    made = school.program(level=Level.LEVEL1, minutes=3600, core_minutes=3000, synchronous_minutes=2400, facts=facts)
    with school.app.app_context():
        module = Module(program_id=made.id, title="First conversations", position=1, source_path="one")
        db.session.add(module)
        db.session.flush()
        for n, (minutes, core, live) in enumerate([(2400, 2400, True), (1200, 600, False)]):
            kind = LessonKind.LIVE_CLASS if live else LessonKind.READING
            db.session.add(
                Lesson(
                    program_id=made.id, module_id=module.id, slug=f"l-{n}", title=f"Lesson {n}", kind=kind,
                    minutes=minutes, core_minutes=core, synchronous=live, position=n, source_path=f"l-{n}",
                )
            )  # fmt: skip
        db.session.commit()
    return made


@pytest.fixture
def cohort(school, program):
    return school.cohort(of=program, starts_in=-150)


def pieces(school, program):
    with school.app.test_request_context():
        got = gather(program.slug, "", at=school.now(), on=date.today())
        return {one.label: one for one in completeness(got).pieces}


def test_each_missing_piece_is_named_and_leads_to_where_it_is_mended(client, school, rosa, program, cohort):
    page = client.sign_in(rosa).get(f"/staff/accreditation/programs/{program.slug}")
    assert page.status_code == 200
    told = pieces(school, program)
    assert told["Hours of the program"].is_there
    assert told["Syllabus whose minutes add up to the program's"].is_there
    assert not told["Director of education"].is_there
    assert told["Director of education"].href in page.text
    for one in told.values():
        if not one.is_there:
            assert one.label.replace("'", "&#39;") in page.text
            assert client.get(one.href).status_code == 200, one.href


def test_what_is_stated_completes_the_pack_and_is_written_down(client, school, rosa, program, cohort):
    client.sign_in(rosa)
    before = percent(client, program)
    assert client.submit(f"/staff/accreditation/programs/{program.slug}/facts", STATED).status_code == 303
    assert percent(client, program) > before
    with school.app.app_context():
        assert db.session.get_one(Program, program.id).facts["ethics_minutes"] == 180
        assert db.session.query(AuditLine).filter_by(verb="program.stated").one().actor_id == rosa.id
    wrong = client.submit(f"/staff/accreditation/programs/{program.slug}/facts", STATED | {"ethics": "55"})
    assert wrong.status_code == 422
    assert "Ethics are among the core hours" in wrong.text
    assert 'value="55"' in wrong.text


def percent(client, program):
    page = client.get(f"/staff/accreditation/programs/{program.slug}").text
    return int(page.split(" percent: ")[0].rsplit(" ", 1)[-1].rsplit(">", 1)[-1])


def test_a_syllabus_that_does_not_add_up_and_a_program_too_short_are_missing(school):
    short = school.program(level=Level.LEVEL1, minutes=3000, core_minutes=2000, synchronous_minutes=1000)
    school.cohort(of=short, starts_in=-10)
    told = pieces(school, short)
    assert not told["Hours of the program"].is_there
    assert not told["Share of Core Competencies"].is_there
    assert not told["Syllabus whose minutes add up to the program's"].is_there
    assert "Share of live education" not in told


def test_mentors_are_there_with_their_credential_and_a_document_for_each(school, program, cohort):
    ana = school.user("Ana Lima")
    school.enrollment(ana, cohort)
    assert not pieces(school, program)["Proof of what mentors hold"].is_there
    school.mentor_session(ana, school.mentor("Keiko", credential=MentorCredential.PCC))
    told = pieces(school, program)
    assert told["Mentors and assessors with their credential"].found == "1 mentor of this cohort"
    assert told["Proof of what mentors hold"].found == "Keiko without a document"


def test_the_pack_is_one_file_whose_manifest_holds_and_no_client_is_in_it(client, school, rosa, program, cohort):
    ana = school.user("Ana Lima")
    made = school.enrollment(ana, cohort)
    school.checked(school.lesson_hours(made, minutes=600), rosa)
    wren = school.coached_client(ana, "Wren Castellanos")
    school.coaching_session(ana, wren)
    keiko = school.mentor_account()
    school.verdict(keiko, school.recording(made))
    signed(school, keiko, ana, given(school, keiko, ana))
    client.sign_in(rosa)
    pack = taken(client, school, program)
    assert pack.testzip() is None
    listed = {row["File"]: row["SHA-256"] for row in rows_of(pack, "manifest.csv")}
    assert set(listed) == set(pack.namelist()) - {"manifest.csv"}
    assert all(hashlib.sha256(pack.read(name)).hexdigest() == mark for name, mark in listed.items())
    [person] = rows_of(pack, "cohort.csv")
    assert (person["Trainee"], person["Education"]) == ("Ana Lima", "600")
    assert rows_of(pack, "curriculum.csv")[-1]["Minutes"] == "3600"
    assert "Missing: Director of education" in pack.read("README.txt").decode()
    papers = [name for name in pack.namelist() if name.endswith(".pdf")]
    assert [name.split("/")[:2] for name in sorted(papers)] == [
        ["evaluations", "Ana Lima"], ["observation-forms", "Ana Lima"]
    ]  # fmt: skip
    told = " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pack.read(n))).pages) for n in papers)
    assert "Performance evaluation" in told and "Calm and exact." in told
    assert "Session Observation Form" in told and "signed by both" in told
    shown = {row["What is asked"]: row for row in rows_of(pack, "what-is-asked.csv")}
    for row in shown.values():
        if row["There"] == "yes":
            assert any(name.startswith(row["Where in this pack"]) for name in pack.namelist()), row
    assert shown["Sample of a session with written feedback"]["There"] == "yes"
    everything = b"".join(pack.read(name) for name in pack.namelist())
    assert b"Wren" not in everything
    assert b"wren@example.com" not in everything
    with school.app.app_context():
        assert db.session.query(AuditLine).filter_by(verb="accreditation.pack_taken").one().subject_id == cohort.id


def given(school, keiko, trainee):
    with school.app.app_context():
        return school.mentor_session(trainee, mentor_of(db.session.merge(keiko)))


def taken(client, school, program):
    """Asked for on the page, made by the worker, taken from the page."""
    page = f"/staff/accreditation/programs/{program.slug}"
    asked = client.submit(f"{page}/pack", on=page, follow_redirects=True)
    assert "The worker is at it" in asked.text and "data-poll" in asked.text and "inplace.mjs" in asked.text
    with school.app.app_context():
        make_packs()
    found = re.search(r'href="(/staff/accreditation/packs/[^"]+)"', client.get(page).text)
    answer = client.get(found.group(1))
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


def rows_of(pack, name):
    return list(csv.DictReader(io.StringIO(pack.read(name).decode("utf-8-sig"))))


def test_a_pack_goes_on_where_a_worker_died_and_is_gone_after_a_week(
    client, school, rosa, program, cohort, monkeypatch
):
    keiko, people = school.mentor_account(), [school.user(f"Trainee {n}") for n in range(3)]
    for user in people:
        school.verdict(keiko, school.recording(school.enrollment(user, cohort)))
    monkeypatch.setattr(making, "PIECE", 2)
    with school.app.app_context():
        actor, of = db.session.get_one(User, rosa.id), db.session.get_one(Cohort, cohort.id)
        name = making.ask(of, actor=actor, at=school.now()).public_id
        assert making.ask(of, actor=actor, at=school.now()).public_id == name
        next(making.work(school.now()))
        db.session.commit()
    page = f"/staff/accreditation/programs/{program.slug}"
    assert "2 of 3 documents" in client.sign_in(rosa).get(page).text
    with school.app.app_context():
        made = [one.state for one in making.work(school.now())]
        db.session.commit()
    assert made == [PackState.DONE]
    assert "Take the pack (ZIP" in client.get(page).text
    with school.app.app_context():
        pack = making.pack_named(name)
        assert (making.sweep(school.now()), making.sweep(school.now() + timedelta(days=8))) == (0, 1)
        assert not storing.file_of(pack).exists()
        db.session.commit()
    assert "removed after a week" in client.get(page).text
    assert client.get(f"/staff/accreditation/packs/{name}.zip").status_code == 404


def test_a_pack_that_can_not_be_made_says_so_and_is_asked_for_anew(client, school, rosa, program, cohort, monkeypatch):
    def broken(*_):
        raise OSError("no space left")

    monkeypatch.setattr(making, "write_pack", broken)
    page = f"/staff/accreditation/programs/{program.slug}"
    client.sign_in(rosa).submit(f"{page}/pack", on=page)
    with school.app.app_context():
        make_packs()
    assert "no space left" in client.get(page).text
    monkeypatch.undo()
    assert "There" in rows_of(taken(client, school, program), "what-is-asked.csv")[0]


def test_the_school_by_kind_is_the_sum_of_everybodys_hours(client, school, rosa, cohort):
    people = [school.user(name) for name in ("Ana", "Bo")]
    for user in people:
        made = school.enrollment(user, cohort)
        school.checked(school.lesson_hours(made, minutes=120), rosa)
        school.lesson_hours(made, minutes=45)
        school.coaching_session(user, minutes=30)
    with school.app.app_context():
        every = [totals_of(user.id) for user in people]
        for one in school_by_kind():
            assert one.verified == sum(totals.minutes(one.kind, CHECKED) for totals in every)
            assert one.waiting == sum(totals.minutes(one.kind, WAITING) for totals in every)
    page = client.sign_in(rosa).get("/staff/accreditation").text
    assert "1 h 30 min" in page
    assert client.get("/staff/accreditation/school.csv").text.count("\n") == 3


def test_the_pages_cost_few_statements_and_let_only_the_registrar_in(client, school, rosa, program, cohort, queries):
    for n in range(8):
        user = school.user(f"Trainee {n}")
        school.enrollment(user, cohort)
        school.mentor_session(user, school.mentor(f"Mentor {n}"))
    client.sign_in(rosa)
    for address, most in (("/staff/accreditation", 8), (f"/staff/accreditation/programs/{program.slug}", 8)):
        client.get(address)
        with queries() as asked:
            assert client.get(address).status_code == 200
        assert asked.count <= most, (address, asked.count)
    assert client.get("/staff/accreditation/programs/nothing").status_code == 404
    assert client.get(f"/staff/accreditation/programs/{program.slug}?cohort=nothing").status_code == 404
    for stranger in (school.user("Someone"), school.user("Iris", "instructor")):
        assert client.sign_in(stranger).get("/staff/accreditation").status_code == 403


def test_a_program_without_a_cohort_says_so(client, school, rosa, program):
    client.sign_in(rosa)
    assert "no cohort yet" in client.get(f"/staff/accreditation/programs/{program.slug}").text
    assert (
        client.submit(f"/staff/accreditation/programs/{program.slug}/pack", on="/staff/accreditation").status_code
        == 404
    )
    assert client.get("/staff/accreditation/packs/nothing.zip").status_code == 404
