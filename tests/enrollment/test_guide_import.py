import json

import pytest
from sqlalchemy import select

from enrollment.leads import Lead
from foundation.db import db
from mail.models import Letter, Suppression


@pytest.fixture
def take_over(app, tmp_path):
    """Write a list to a file and import it."""

    def run(content, *options, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = app.test_cli_runner().invoke(args=["enrollment", "import-leads", str(path), *options])
        return json.loads(done.stdout) if done.exit_code == 0 else (done.exit_code, done.stderr)

    return run


def leads(app):
    with app.app_context():
        return {x.email: x.name for x in db.session.scalars(select(Lead))}


def stops(app):
    with app.app_context():
        return sorted(s.reason for s in db.session.scalars(select(Suppression)))


LIST = (
    "Email Address,First Name,Last Name,status\nana@example.com, Ana , Lima ,active\n\n"
    "bo@example.com,,,unsubscribed\ncy@example.com,,,cleaned\nANA@example.com,,,active\nnowhere,,,active\n"
)


def test_a_list_of_people_becomes_leads_and_stops(take_over, app):
    report = take_over(LIST)
    counts = {name: report[name] for name in ("rows_read", "created", "updated", "suppressed", "duplicates")}
    assert counts == {"rows_read": 5, "created": 1, "updated": 0, "suppressed": 2, "duplicates": 1}
    assert [p["line"] for p in report["problems"]] == [7]
    assert leads(app) == {"ana@example.com": "Ana Lima"}
    assert stops(app) == ["hard_bounce", "unsubscribed"]


def test_nobody_on_the_list_is_mailed(take_over, app):
    take_over(LIST)
    with app.app_context():
        assert db.session.scalar(select(Letter)) is None
        assert db.session.scalar(select(Lead.news)) is False


def test_the_same_list_again_changes_nothing_and_says_so(take_over, app):
    take_over(LIST)
    again = take_over(LIST)
    assert (again["created"], again["updated"], again["suppressed"], again["duplicates"]) == (0, 0, 0, 4)
    assert len(stops(app)) == 2


def test_a_dry_run_prints_the_same_and_changes_nothing(take_over, app):
    dry = take_over(LIST, "--dry-run")
    assert leads(app) == {} and stops(app) == []
    assert take_over(LIST) == dry


def test_a_stop_wins_over_another_row_of_the_same_address(take_over, app):
    report = take_over("email,status\nana@example.com,active\nAna@Example.com,unsubscribed\n")
    assert (report["created"], report["suppressed"], report["duplicates"]) == (0, 1, 1)
    assert leads(app) == {}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("email;name\r\nana@example.com;José\r\n".encode("cp1252"), "semi.csv"),
        ("\ufeffE-Mail\tFull name\nana@example.com\tJosé\n".encode("utf-16"), "tab.txt"),
        ("\ufeffname,EMAIL\nJosé,ana@example.com\n".encode(), "bom.csv"),
        ("email,name\rana@example.com,José\r".encode(), "mac.csv"),
    ],
)
def test_a_list_is_read_whatever_its_encoding_and_its_comma(take_over, app, content, name):
    assert take_over(content, name=name)["created"] == 1
    assert leads(app) == {"ana@example.com": "José"}


def test_a_file_of_the_unsubscribed_says_so_in_its_name(take_over, app):
    report = take_over("Email Address\nana@example.com\n", name="unsubscribed_members_export_1.csv")
    assert (report["created"], report["suppressed"]) == (0, 1)
    assert stops(app) == ["unsubscribed"]


@pytest.mark.parametrize("content", ["", "first,last\nAna,Lima\n", b"PK\x03\x04\x00\x00", '"a,b\n'])
def test_what_is_no_list_of_people_is_refused_in_one_line(take_over, content):
    code, said = take_over(content)
    assert code == 2
    assert len(said.strip().splitlines()) == 1 and "line 1" in said


def test_a_file_that_is_not_there_is_refused_in_one_line(app):
    done = app.test_cli_runner().invoke(args=["enrollment", "import-leads", "/nowhere.csv"])
    assert done.exit_code == 2 and len(done.stderr.strip().splitlines()) == 1


def test_somebody_who_unsubscribed_here_stays_unsubscribed(take_over, app, school):
    from mail.suppressing import digest, stop

    with app.app_context():
        stop(digest("ana@example.com"), "unsubscribed", at=school.now())
        db.session.commit()
    take_over("email,status\nana@example.com,active\n")
    assert stops(app) == ["unsubscribed"]
