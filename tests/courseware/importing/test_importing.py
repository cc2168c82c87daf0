"""What the taking in of a Markdown course promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from courseware.importing.taking_in import read_course
from courseware.models import Lesson, LessonKind, Module
from enrollment.models import Program
from foundation.db import db
from tests.courseware.importing.conftest import left_out, write


def only(path: Path) -> str:
    return read_course(path).lessons[0].body_md


def test_one_file_is_one_lesson_and_one_folder_one_module(course, run, app):
    root = course(
        {
            "2-listening/b.md": "# Bee\n\nHear.",
            "1-trust/a.md": "# Ay\n\nTrust.",
            "1-trust/10.md": "Ten.",
            "1-trust/9.md": "Nine.",
        }
    )
    code, report = run(root)
    assert code == 0
    assert report["counts"] == {
        "modules": 2,
        "lessons": 4,
        "by_kind": {"reading": 4},
        "questions": 0,
        "media": 0,
        "minutes": 4,
    }
    assert (report["format"], report["program"], report["title"]) == ("markdown", "coaching-basics", "Coaching basics")
    with app.app_context():
        assert db.session.scalars(select(Module.title).order_by(Module.position)).all() == ["Trust", "Listening"]
        titles = db.session.scalars(select(Lesson.title).join(Module).order_by(Module.position, Lesson.position)).all()
        assert titles == ["9", "10", "Ay", "Bee"]


def test_the_same_course_again_changes_nothing_and_a_changed_file_is_updated(course, run):
    root = course({"a.md": "# A\n\nOne.", "b.md": "# B\n\nTwo."})
    assert run(root)[1]["created"] == 2
    second = run(root)[1]
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 2)
    write(root, {"b.md": "# B\n\nTwo and a half."})
    third = run(root)[1]
    assert (third["created"], third["updated"], third["unchanged"]) == (0, 1, 1)


def test_a_dry_run_says_the_same_and_changes_nothing(course, run, app):
    root = course({"a.md": "# A\n\nOne."})
    tried = run(root, "--dry-run")
    with app.app_context():
        assert db.session.scalars(select(Program)).all() == []
    assert run(root) == tried


def test_a_lesson_that_left_the_course_stays_and_is_named(course, run, app):
    root = course({"a.md": "# A\n\nOne.", "b.md": "# B\n\nTwo."})
    run(root)
    (root / "b.md").unlink()
    assert "1 lesson no longer in the course, kept in the program: B" in run(root)[1]["warnings"]


def test_a_program_of_the_school_is_never_written_over(school, course, run):
    school.program(slug="coaching-basics")
    root = course({"a.md": "# A\n\nOne."})
    assert run(root)[1]["program"] == "coaching-basics-2"
    assert run(root)[1]["program"] == "coaching-basics-2"


def test_an_imported_program_waits_for_staff(course, run, app):
    run(course({"a.md": "# A\n\nOne."}))
    with app.app_context():
        assert db.session.scalars(select(Program.is_published)).one() is False


def test_front_matter_gives_title_summary_order_and_minutes(course):
    root = course(
        {
            "z.md": "---\ntitle: First\ndescription: Why.\norder: 1\nminutes: 30\ncore_minutes: 20\n---\nText.",
            "a.md": "---\ntitle: 'Second: a colon'\norder: 2\n---\nText.",
        }
    )
    first, second = read_course(root).lessons
    assert (first.title, first.summary, first.minutes, first.core_minutes) == ("First", "Why.", 30, 20)
    assert second.title == "Second: a colon"


@pytest.mark.parametrize(
    ("front", "warned"),
    [
        ("---\ntitle: Lost: and found\nx: [\n---\nText.", "broken"),
        ("---\ntitle: [1\n---\nText.", "broken"),
        ("---\na: &a [x]\nb: *a\n---\nText.", "broken"),
        ("---\n- one\n---\nText.", "names nothing"),
        ("---\ntitle: Never\n\nText.", "never closed"),
    ],
)
def test_broken_front_matter_is_a_warning_and_the_lesson_is_there(course, front, warned):
    draft = read_course(course({"a.md": front}))
    assert "Text." in draft.lessons[0].body_md
    assert any(warned in words for words in draft.warnings)


def test_a_wrapper_tag_is_gone_and_its_text_kept(course):
    draft = read_course(
        course(
            {
                "a.md": "---\ntitle: A\n---\n<ProtectedContent>\n\n# A\n\n"
                "Inside <Tip k='x'>this</Tip>.\n\n</ProtectedContent>"
            }
        )
    )
    assert draft.lessons[0].body_md == "Inside this."
    assert [w.split(">")[0] for w in draft.warnings] == ["<ProtectedContent", "<Tip"]


def test_code_stays_as_it_was_written(course):
    code = "```jsx\nimport x from 'y'\n<Tabs>{/* no */}</Tabs>\n```"
    body = only(
        course(
            {
                "a.md": f"import T from '@theme/Tabs'\nexport const a = 1\n\n# A\n\n{code}\n\n"
                "Use `<Tabs>` {/* gone */}here."
            }
        )
    )
    assert code in body
    assert "Use `<Tabs>` here." in body
    assert "@theme" not in body
    assert "export" not in body


def test_links_between_lessons_lead_on_and_lost_ones_are_named(course):
    root = course(
        {
            "one.md": "# One\n\n[two](./deep/two.md#start) [lost](gone.md) [out](https://example.com) "
            "[root](/docs/deep/two) [bad](javascript:x)",
            "deep/two.md": "# Two\n\n[back](../one.md) [folder](../deep/)",
        }
    )
    draft = read_course(root)
    one, two = draft.lessons
    assert one.body_md == "[two](two#start) lost [out](https://example.com) [root](two) bad"
    assert two.body_md == "[back](one) [folder](two)"
    assert any("gone.md" in words for words in draft.warnings)


def test_what_lies_elsewhere_stays_there_as_a_link_and_is_named(course):
    body = (
        '# A\n\n<iframe src="https://video.example.com/embed/1" title="A session"></iframe>\n\n'
        "![a map](https://example.com/map.png)\n\n![near](img/near.png)\n\n[sheet](https://example.com/sheet.pdf)\n\n<script>alert(1)</script>"
    )
    root = course({"a.md": body})
    text, missing = only(root), left_out(root)
    assert '<a href="https://video.example.com/embed/1">A session</a>' in text
    assert "[Picture: a map](https://example.com/map.png)" in text
    assert "alert" not in text
    assert len(missing) == 5
    assert all(
        "nothing is fetched" in missing[f"a.md: {a}"]
        for a in ("https://example.com/map.png", "https://example.com/sheet.pdf")
    )


def test_files_that_are_no_lesson_are_left_out_with_the_reason(course):
    root = course(
        {
            "a.md": "# A\n\nText.",
            "empty.md": "---\ntitle: E\n---\n\n",
            "picture.md": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "long.md": "word " * 300_000,
            "LICENSE.md": "Free.",
        }
    )
    (root / "link.md").symlink_to("/etc/hostname")
    reasons = left_out(root)
    assert set(reasons) == {"empty.md", "picture.md", "long.md", "LICENSE.md", "link.md"}
    assert reasons["empty.md"] == "the file is empty"
    assert len(read_course(root).lessons) == 1


def test_other_encodings_are_read(course):
    root = course(
        {
            "a.md": b"\xef\xbb\xbf# Bom\r\n\r\nText.",
            "b.md": "# Café\n\nDéjà.".encode("latin-1"),
            "c.md": "# Wide\n\nText.".encode("utf-16"),
        }
    )
    draft = read_course(root)
    assert [lesson.title for lesson in draft.lessons] == ["Bom", "Café", "Wide"]
    assert any(words.startswith("b.md: is not UTF-8") for words in draft.warnings)


def test_a_table_of_contents_gives_modules_titles_and_order(course):
    root = course(
        {
            "book.toml": '[book]\ntitle = "The Book"\n',
            "src/SUMMARY.md": "# Summary\n\n[Hello](README.md)\n\n# Part one\n\n- [Second](b.md)\n"
            "    - [Deep](d/e.md)\n"
            "- [Draft]()\n- [Lost](lost.md)\n- [Out](../../../etc/passwd)\n\n---\n\n[Thanks](t.md)",
            "src/README.md": "# Hi\n\nText.",
            "src/b.md": "# B\n\nText.",
            "src/d/e.md": "# E\n\nText.",
            "src/t.md": "# T\n\nText.",
            "src/unnamed.md": "# U\n\nText.",
        }
    )
    draft = read_course(root)
    assert draft.title == "The Book"
    plan = [(module.title, [lesson.title for lesson in module.lessons]) for module in draft.modules]
    assert plan == [("The Book", ["Hello"]), ("Part one", ["Second", "Deep"]), ("Appendix", ["Thanks"])]
    assert {"Draft", "Lost", "Out", "unnamed.md"} == set(left_out(root))


def test_a_folder_beside_a_file_of_its_name_follows_it(course):
    root = course(
        {"anchoring.md": "# A\n\nx", "anchoring/script.md": "# S\n\nx", "zoom.md": "# Z\n\nx", "index.md": "# I\n\nx"}
    )
    (module,) = read_course(root).modules
    assert [lesson.title for lesson in module.lessons] == ["I", "A", "S", "Z"]


def test_a_quiz_written_in_front_matter_arrives_with_its_questions(course):
    front = (
        "---\ntitle: Q\nkind: quiz\nquestions:\n  - text: Who?\n    kind: single\n    choices:\n"
        "      - {text: A, correct: true}\n      - {text: B}\n"
        "  - text: Nobody is right\n    choices: [{text: A}]\n---\n"
    )
    draft = read_course(course({"q.md": front}))
    (lesson,) = draft.lessons
    assert (lesson.kind, len(lesson.questions)) == (LessonKind.QUIZ, 1)
    assert draft.left_out[0].kind == "question"
