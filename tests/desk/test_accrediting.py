"""The school as a provider: what ICF asks for, how much of it is there, and all of it in one file."""

import csv
import hashlib
import io
import zipfile
from datetime import date, timedelta

import pytest

from courseware.models import Lesson, LessonKind, Module
from credentials.models import MentorCredential
from credentials.providing.schooling import school_by_kind
from credentials.summing import CHECKED, WAITING, totals_of
from desk.accrediting.completing import completeness
from desk.accrediting.gathering import gather
from enrollment.models import Level, Program
from foundation.audit import AuditLine
from foundation.db import db

STATED = {"director": "Ingrid Solheim", "credential": "MCC", "ethics": "3", "evaluation": ""}


@pytest.fixture
def rosa(school):
    return school.user("Rosa Registrar", "registrar")


@pytest.fixture
def program(school):
    """A Level 1 program of 60 hours whose map holds them all."""
    made = school.program(level=Level.LEVEL1, minutes=3600, core_minutes=3000, synchronous_minutes=2400)
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
    school.mentor_session(ana, school.mentor("Keiko"), on=date.today() - timedelta(days=3))
    answer = client.sign_in(rosa).get(f"/staff/accreditation/programs/{program.slug}/pack.zip")
    assert answer.status_code == 200
    pack = zipfile.ZipFile(io.BytesIO(answer.data))
    assert pack.testzip() is None
    listed = {row["File"]: row["SHA-256"] for row in rows_of(pack, "manifest.csv")}
    assert set(listed) == set(pack.namelist()) - {"manifest.csv"}
    assert all(hashlib.sha256(pack.read(name)).hexdigest() == mark for name, mark in listed.items())
    [person] = rows_of(pack, "cohort.csv")
    assert (person["Trainee"], person["Education"]) == ("Ana Lima", "600")
    assert rows_of(pack, "curriculum.csv")[-1]["Minutes"] == "3600"
    assert "Missing: Director of education" in pack.read("README.txt").decode()
    everything = b"".join(pack.read(name) for name in pack.namelist())
    assert b"Wren" not in everything
    assert b"wren@example.com" not in everything
    with school.app.app_context():
        assert db.session.query(AuditLine).filter_by(verb="accreditation.pack_taken").one().subject_id == cohort.id


def rows_of(pack, name):
    return list(csv.DictReader(io.StringIO(pack.read(name).decode("utf-8-sig"))))


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
    for address, most in (("/staff/accreditation", 8), (f"/staff/accreditation/programs/{program.slug}", 13)):
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
    assert client.get(f"/staff/accreditation/programs/{program.slug}/pack.zip").status_code == 404
