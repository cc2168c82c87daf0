"""Courses that other people wrote arrive whole. They lie beside the project, not in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from courseware.importing.sources import NotACourse
from courseware.importing.taking_in import read_course
from courseware.models import Lesson
from enrollment.models import Program
from foundation.db import db

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples" / "real"
COURSES = EXAMPLES / "1-courses"
pytestmark = pytest.mark.skipif(not COURSES.exists(), reason="the example courses lie beside the project; not here")


def test_a_real_course_of_coaching_lessons_can_be_taken_from_end_to_end(app, client, school):
    runner = app.test_cli_runner()
    folder = str(COURSES / "markdown" / "coaching-resource-hub")
    report = json.loads(runner.invoke(args=["courseware", "import", folder]).stdout)
    assert (report["counts"]["lessons"], report["counts"]["modules"], report["created"]) == (36, 7, 36)
    again = json.loads(runner.invoke(args=["courseware", "import", folder]).stdout)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 36)
    with app.app_context():
        program = db.session.scalars(select(Program)).one()
        slugs = db.session.scalars(select(Lesson.slug)).all()
        bodies = db.session.scalars(select(Lesson.body_md)).all()
        db.session.expunge_all()
    assert not any("ProtectedContent" in body or "<iframe" in body for body in bodies)
    ana = school.user("Ana Lima")
    place = school.enrollment(ana, school.cohort(of=program))
    learner = client.sign_in(ana)
    for slug in slugs:
        page = learner.get(f"/learn/{place.public_id}/{slug}")
        assert page.status_code == 200
        assert "Complete" in page.get_data(as_text=True)


def test_a_real_book_with_a_table_of_contents_keeps_its_parts():
    draft = read_course(COURSES / "markdown" / "mdbook-guide")
    assert draft.title == "mdBook Documentation"
    assert [module.title for module in draft.modules][1:] == ["User guide", "Reference guide", "Appendix"]
    files = 35 - 1  # all but SUMMARY.md itself
    kinds = [item.kind for item in draft.left_out]
    assert len(draft.lessons) + kinds.count("lesson") == files


@pytest.mark.parametrize("kind", ["imscc", "scorm", "olx", "moodle-mbz", "moodle-xml", "gift", "aiken-moodle", "qti"])
def test_other_formats_are_named_and_nothing_breaks(kind):
    for path in sorted((COURSES / kind).iterdir()):
        with pytest.raises(NotACourse) as refusal:
            read_course(path)
        assert "\n" not in str(refusal.value)


def test_archives_that_lie_cost_nothing():
    for path in sorted((EXAMPLES / "5-bad-input" / "zip").rglob("*.zip")):
        with pytest.raises(NotACourse):
            read_course(path)
