"""What the taking in of a Markdown course promises for material that nobody here has seen."""

from __future__ import annotations

import os
import zipfile
from datetime import date

import pytest

from courseware.importing.markdown.facts import from_settings
from courseware.importing.sources import NotACourse
from courseware.importing.taking_in import read_course
from courseware.models import LessonKind
from tests.courseware.importing.conftest import left_out


def test_two_courses_whose_names_have_no_latin_letter_are_two(course, run):
    slugs = []
    for title in ("تدريب", "傾聴", "傾聴"):
        report = run(course({"course.yaml": f"title: {title}\n", "a.md": "# 一\n\nText."}))[1]
        slugs.append((report["program"], report["title"], report["created"]))
    assert [made for _, _, made in slugs] == [1, 1, 0]
    assert slugs[0][0] != slugs[1][0] == slugs[2][0]
    assert slugs[0][1] == "تدريب"


def test_what_an_escape_spells_and_no_text_can_hold_is_left_out(course, run):
    quiz = 'questions:\n - text: "Q\\0"\n   choices:\n    - {text: "a\\0", correct: true}\n    - {text: b}\n'
    root = course({"course.yaml": 'title: "T\\0"\n', "a.md": f'---\ntitle: "A\\0 \\uD800b"\n{quiz}---\n\nText.'})
    code, report = run(root)
    assert (code, report["title"], report["counts"]["questions"]) == (0, "T", 1)
    assert read_course(root).lessons[0].title == "A b"


def test_a_name_that_is_not_utf8_is_written_down(course, run):
    root = course({"a.md": "# A\n\nText."})
    (root / os.fsdecode(b"caf\xe9.md")).write_bytes(b"# Odd\n\nText.")
    code, report = run(root)
    assert (code, report["created"]) == (0, 2)


def test_the_settings_of_a_site_give_the_title_whatever_tags_they_hold(course):
    site = "site_name: My site\nextra: !ENV X\nslugify: !!python/object/apply:os.system [x]\n"
    assert read_course(course({"mkdocs.yml": site, "docs/a.md": "# A\n\nText."})).title == "My site"
    assert from_settings("a: !!python/name:os.system\nb: 2024-01-01") == {"a": None, "b": date(2024, 1, 1)}


def test_a_zip_made_on_windows_has_folders(tmp_path):
    packed = tmp_path / "x.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("week 1\\intro.md", "..\\up.md", "\\top.md"):
            archive.writestr(name, "# Intro\n\nText.")
    draft = read_course(packed)
    assert [module.path for module in draft.modules] == [""]
    assert {item.reason for item in draft.left_out} == {"its name points outside the course"}


def test_a_zip_that_is_cut_off_is_called_damaged(tmp_path):
    broken = tmp_path / "x.zip"
    broken.write_bytes(b"PK\x03\x04garbage")
    with pytest.raises(NotACourse, match="the archive is damaged"):
        read_course(broken)


def test_where_nothing_can_be_read_it_is_said_why(course):
    root = course({"a.md": "# Only a name\n", "b.md": "word " * 300_000, "c.md": ""})
    with pytest.raises(NotACourse) as refused:
        read_course(root)
    for words in (
        "a.md: it has a heading and no text",
        "b.md: the file holds more than 1 MB",
        "c.md: the file is empty",
    ):
        assert words in str(refused.value)


def test_a_live_class_needs_no_text(course):
    front = "---\ntitle: Live\nkind: live_class\nminutes: 90\nsynchronous: true\n---\n"
    (lesson,) = read_course(course({"a.md": front})).lessons
    assert (lesson.kind, lesson.minutes, lesson.synchronous) == (LessonKind.LIVE_CLASS, 90, True)


def test_numbers_that_can_not_be_taken_are_named(course):
    draft = read_course(course({"a.md": "---\nminutes: soon\ncore_minutes: -5\npass_percent: 300\n---\nText here."}))
    assert draft.warnings == [
        "a.md: minutes “soon” is no number that can be taken; counted from the words: 1 minute",
        "a.md: core_minutes “-5” is no number that can be taken; no minute is core",
        "a.md: pass_percent “300” is no number that can be taken; 75 percent are asked for",
    ]


def test_files_that_no_lesson_shows_are_named_one_by_one_or_by_kind(course):
    many = {f"code/{n}.js": "x" for n in range(9)}
    files = {"a.md": "# A\n\n![Map](img/map.png) Text.", "img/map.png": b"\x89PNG", "handout.pdf": b"%PDF", **many}
    named = left_out(course(files))
    assert set(named) == {"a.md: img/map.png", "handout.pdf", "*.js (9 files)"}


def test_links_between_notes_as_obsidian_writes_them_lead_on(course):
    home = "[[Active Listening]], [[active listening|hear]], [[02 Ask/Open#Why]], [[Nobody]] ![[map.png]] `[[x]]`"
    files = {"home.md": f"{home} %%mine%%\n\n> [!note] Breathe\n> In.", "b/Active Listening.md": "It ^a1"}
    draft = read_course(course(files | {"02 Ask/Open.md": "Why?"}))
    words = {lesson.title: lesson.body_md for lesson in draft.lessons}
    assert (
        "[Active Listening](active-listening), [hear](active-listening), [02 Ask/Open](open), Nobody" in words["Home"]
    )
    assert "`[[x]]`" in words["Home"]
    assert "mine" not in words["Home"]
    assert "> **Breathe**" in words["Home"]
    assert words["Active Listening"] == "It"
    assert any("1 link to nothing in this course: Nobody" in warning for warning in draft.warnings)


def test_tags_of_other_programs_go_and_what_stands_in_them_stays(course):
    text = (
        '{% hint style="info" %}\nBe kind.\n{% endhint %}\n\n{% embed url="https://video.example.com/1" %}\n\n'
        '{{< youtube abc123 >}} [B]({{< ref "b.md" >}}) [B]({% link b.md %}) {{ site.title }}\n\n'
        "`{% kept %}`\n\n```\n{{< kept >}}\n```\n"
    )
    draft = read_course(course({"a.md": text, "b.md": "---\ndraft: true\n---\nText."}))
    body = draft.lessons[0].body_md
    assert "Be kind." in body
    assert "hint" not in body
    assert "[B](b) [B](b) {{ site.title }}" in body
    assert "`{% kept %}`" in body
    assert "{{< kept >}}" in body
    assert {left.item for left in draft.left_out} == {
        "a.md: https://video.example.com/1",
        "a.md: https://www.youtube.com/watch?v=abc123",
    }
    assert draft.warnings == [
        "a.md: 1 directive ({{...}}) left as text",
        "a.md: tags of another program are taken out, their text is kept: hint",
        "b.md: its front matter calls it a draft",
    ]
