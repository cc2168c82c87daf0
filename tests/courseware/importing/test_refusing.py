"""What is no course, or only half of one: each file that is left out has its reason, each refusal is one line."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from courseware.importing.sources import NotACourse
from courseware.importing.taking_in import read_course


def test_a_zip_is_read_like_the_folder(course, tmp_path):
    root = course({"docs/a.md": "# A\n\nText.", "docs/b/c.md": "# C\n\nText."})
    packed = tmp_path / "coaching-basics.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in root.rglob("*.md"):
            archive.write(path, Path("coaching-basics") / path.relative_to(root))
    assert [m.path for m in read_course(packed).modules] == [m.path for m in read_course(root).modules]
    assert read_course(packed).key == "coaching-basics"


def test_a_zip_that_lies_gives_what_is_honest_in_it(tmp_path):
    packed = tmp_path / "x.zip"
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../up.md", "/top.md", "a/../../b.md", "c:\\d.md"):
            archive.writestr(name, "# No\n\nText.")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.md", "a" * 3_000_000)
        archive.writestr("good.md", "# Good\n\nText.")
    draft = read_course(packed)
    assert [lesson.title for lesson in draft.lessons] == ["Good"]
    assert len(draft.left_out) == 6


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"imsmanifest.xml": "<manifest xmlns='http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1'/>"},
            "Common Cartridge",
        ),
        ({"imsmanifest.xml": "<manifest xmlns:adlcp='x'><schema>ADL SCORM</schema></manifest>", "a.md": "x"}, "SCORM"),
        ({"course.xml": '<course url_name="x" org="o"/>', "README.md": "hello"}, "OLX"),
        ({"q.bin": '<?xml version="1.0"?><quiz><question type="truefalse"/></quiz>'}, "Moodle XML"),
        ({"q.xml": "<assessmentItem identifier='x'>"}, "QTI"),
        ({"q.txt": "::T::Is it?{TRUE}"}, "GIFT"),
        ({"q.txt": "Q?\nA. x\nB. y\nANSWER: B\n"}, "Aiken"),
        ({"moodle_backup.xml": "<moodle_backup><x/></moodle_backup>"}, "Moodle backup"),
    ],
)
def test_a_format_that_is_not_supported_yet_is_named(course, run, files, said):
    code, words = run(course(files))
    assert code == 2
    assert said in words
    assert words.count("\n") == 1


@pytest.mark.parametrize("files", [{"a.bin": b"\0\1\2"}, {"a.md": "   "}, {"notes.txt": "Just words."}])
def test_what_holds_no_course_ends_with_one_line(course, run, files):
    code, words = run(course(files))
    assert (code, words.count("\n")) == (2, 1)


def test_what_can_not_be_read_ends_with_one_line(tmp_path, run):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    for path in (tmp_path / "none", broken):
        code, words = run(path)
        assert (code, words.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "<A " * 200_000,
        "<script>" * 100_000,
        "`" * 300_000 + "a",
        "[" * 200_000,
        "{/*" * 200_000,
        "<iframe " * 90_000,
        "a](" * 150_000,
        ":::" * 100_000,
        "\n- " * 100_000,
        "{{<a " * 200_000,
        "{% a " * 200_000,
        "[[a" * 200_000,
        "%%a" * 200_000,
        "> [!a" * 100_000,
        "({{< ref " * 90_000,
    ],
)
def test_a_hostile_text_costs_seconds_at_most(course, text):
    with suppress(NotACourse):
        read_course(course({"a.md": f"# A\n\nText.\n\n{text}"}))
