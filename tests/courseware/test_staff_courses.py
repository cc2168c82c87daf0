"""What editors see of a course."""

from __future__ import annotations


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
