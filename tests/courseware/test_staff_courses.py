"""What editors see of a course."""

from __future__ import annotations

import io
import zipfile

import pytest


def test_an_editor_reads_every_lesson_as_a_trainee_will(client, school, queries):
    program = school.program(title="Foundations")
    school.course(program, "What coaching is")
    school.quiz(program)
    editor = client.sign_in(school.user("Ed Itor", "editor"))
    for path in ("", f"/{program.slug}", f"/{program.slug}/what-coaching-is", f"/{program.slug}/quiz"):
        with queries() as q:
            page = editor.get(f"/staff/courses{path}")
        assert page.status_code == 200
        assert q.count <= 8, "\n".join(q.sent)
    assert "Who brings the subject?" in page.get_data(as_text=True)


def test_a_school_that_begins_is_led_to_taking_in_its_first_course(client, school):
    client.sign_in(school.user("Ada Okoye", "owner"))
    assert client.get("/staff/courses").text.count('href="/staff/courses/import"') == 2
    page = client.get("/staff/cohorts/new").text
    assert "A cohort is one run of a program" in page and "Make the draft" not in page


def test_a_trainee_does_not_read_answers_on_the_staff_pages(client, school):
    program = school.program()
    school.quiz(program)
    assert client.sign_in(school.user()).get(f"/staff/courses/{program.slug}/quiz").status_code == 403


def test_a_course_that_is_not_there_is_not_found(client, school):
    editor = client.sign_in(school.user("Ed Itor", "editor"))
    assert editor.get("/staff/courses/none").status_code == 404


def test_an_editor_publishes_an_imported_program_and_takes_it_off_again(app, client, school):
    program = school.program(is_published=False)
    school.course(program, "What coaching is")
    address = f"/staff/courses/{program.slug}"
    editor = client.sign_in(school.user("Ed Itor", "editor"))
    page = editor.submit(f"{address}/publish", {"is_published": "yes"}, on=address, follow_redirects=True)
    assert "The program is on the public pages." in page.get_data(as_text=True)
    page = editor.submit(f"{address}/publish", {"is_published": "no"}, on=address, follow_redirects=True)
    assert "The program is a draft." in page.get_data(as_text=True)


def test_an_empty_program_is_not_published(client, school):
    program = school.program(is_published=False)
    address = f"/staff/courses/{program.slug}"
    editor = client.sign_in(school.user("Ed Itor", "editor"))
    page = editor.submit(f"{address}/publish", {"is_published": "yes"}, on=address, follow_redirects=True)
    assert "no lesson yet" in page.get_data(as_text=True)


def packed(files: dict[str, str]) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


@pytest.fixture
def editor(client, school):
    return client.sign_in(school.user("Ed Itor", "editor"))


def send(editor, content, name="Listening well.zip", **more):
    data = {"course": (content, name), **more}
    return editor.submit("/staff/courses/import", data, content_type="multipart/form-data")


def test_an_editor_takes_in_a_zip_and_reads_what_was_left_out(editor):
    page = send(editor, packed({"a.md": "# A\n\nText.", "empty.md": " "}))
    assert page.status_code == 200
    assert "the file is empty" in page.get_data(as_text=True)
    assert "Listening well" in editor.get("/staff/courses").get_data(as_text=True)
    assert editor.get("/staff/courses/listening-well/a").status_code == 200


def test_a_try_changes_nothing(editor):
    page = send(editor, packed({"a.md": "# A\n\nText."}), only_try="y")
    assert "nothing is changed" in page.get_data(as_text=True)
    assert editor.get("/staff/courses/listening-well").status_code == 404


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"just words"])
def test_a_file_that_is_no_course_is_refused_beside_the_field(editor, content):
    page = send(editor, io.BytesIO(content))
    assert page.status_code == 422
    assert 'id="course-error"' in page.get_data(as_text=True)
    assert "/tmp/" not in page.get_data(as_text=True)


def test_a_form_without_a_file_says_so(editor):
    assert "Choose the zip" in editor.submit("/staff/courses/import").get_data(as_text=True)
