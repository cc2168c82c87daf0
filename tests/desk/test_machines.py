import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from foundation.db import db
from foundation.escalating import escalate
from foundation.heartbeat import beat
from mail.models import Letter

NOBODY = "redis://127.0.0.1:1/0"


def test_machines_learn_that_we_are_alive_and_ready(client):
    assert client.get("/healthz").text == "ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["database"]


@pytest.fixture
def changed(app):
    """The application with other settings, for a while."""
    before = app.config["SETTINGS"]

    def change(**settings):
        app.config["SETTINGS"] = replace(before, **settings)

    yield change
    app.config["SETTINGS"] = before


def test_a_database_that_is_down_makes_us_alive_but_not_ready(client, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError("SELECT 1", {}, ConnectionError("gone"))

    monkeypatch.setattr(db.session, "execute", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": False}
    assert client.get("/healthz").status_code == 200


def test_a_broker_that_is_down_leaves_us_ready_and_is_said(client, changed):
    assert client.get("/readyz").json["broker"] is True
    changed(redis_url=NOBODY)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": True, "broker": False, "worker": False}


def test_readiness_says_whether_a_worker_was_seen_lately(client, app, school):
    for age, working in ((timedelta(minutes=9), False), (timedelta(seconds=9), True)):
        with app.app_context():
            beat("worker", school.now() - age)
            db.session.commit()
        assert client.get("/readyz").json["worker"] is working


def test_machines_are_told_what_to_leave_alone_and_whom_to_write_to(client, app):
    robots = client.get("/robots.txt").text
    for closed in ("/staff", "/learn", "/hours", "/account", "/orders"):
        assert f"Disallow: {closed}\n" in robots
    assert "Sitemap: http://127.0.0.1:5000/sitemap.xml" in robots
    security = client.get("/.well-known/security.txt").text
    assert f"Contact: mailto:{app.config['SETTINGS'].school_email}" in security
    expires = datetime.fromisoformat(re.search(r"Expires: (\S+)", security).group(1))
    assert datetime.now(UTC) < expires < datetime.now(UTC) + timedelta(days=365), "RFC 9116: less than a year"


def test_the_sitemap_names_every_page_that_may_be_found_and_none_that_may_not(client, school):
    program = school.program(slug="one")
    school.program(slug="draft", is_published=False)
    school.cohort(of=program, code="hazel")
    school.cohort(of=program, code="long-ago", closes_at=school.now() - timedelta(days=9))
    person = school.user()
    school.story(person, slug="told")
    school.story(person, slug="not-yet", published=False)
    school.coach_profile(person, slug="ana")
    listed = client.get("/sitemap.xml").text
    for path in ("/programs/one<", "/programs/one/cohorts/hazel<", "/spotlight/told<", "/coaches/ana<", "/guide<"):
        assert path in listed
    for path in ("draft", "long-ago", "not-yet", "/staff", "/learn"):
        assert path not in listed


def test_every_page_of_the_sitemap_is_there(client, school):
    school.cohort()
    person = school.user()
    school.story(person)
    school.coach_profile(person)
    addresses = re.findall(r"<loc>[^<]*?//[^/]+(/[^<]*)</loc>", client.get("/sitemap.xml").text)
    assert len(addresses) >= 11
    assert [a for a in addresses if client.get(a).status_code != 200] == []


@pytest.mark.parametrize("address", ["/robots.txt", "/.well-known/security.txt"])
def test_what_machines_look_for_is_there(client, address):
    assert client.get(address).status_code == 200


def test_the_icon_and_the_change_of_password_are_where_browsers_look(client):
    assert client.get(client.get("/favicon.ico").location).status_code == 200
    assert client.get("/.well-known/change-password").location == "/change"


def test_metrics_ask_for_the_token_where_one_is_set(client, changed):
    assert "practicum_open_decisions" in client.get("/metrics").text
    changed(metrics_token="a-word-for-machines")
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wörd"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer a-word-for-machines"}).status_code == 200


@pytest.fixture
def doctor(app):
    """What `flask doctor` prints, line by line, and how it ends."""

    def ask():
        result = app.test_cli_runner().invoke(args=["doctor"])
        return result.exit_code, {line[7:24].strip(): line for line in result.output.splitlines()}

    return ask


def seen(app, at):
    with app.app_context():
        beat("worker", at)
        db.session.commit()


def test_the_doctor_finds_nothing_where_all_is_well(app, school, doctor, local_stripe):
    seen(app, school.now())
    code, lines = doctor()
    assert code == 0, lines
    assert {
        "database",
        "schema",
        "broker",
        "worker and beat",
        "letters",
        "mail server",
        "Stripe",
        "clock",
        "disk",
    } <= set(lines)
    assert not [line for line in lines.values() if "OFF" in line]


def test_the_doctor_says_that_no_worker_was_ever_seen(doctor):
    code, lines = doctor()
    assert code == 1
    assert "OFF" in lines["worker and beat"]
    assert "never seen" in lines["worker and beat"]


def test_the_doctor_says_how_long_the_worker_has_been_silent(app, school, doctor):
    seen(app, school.now() - timedelta(minutes=7))
    code, lines = doctor()
    assert code == 1
    assert re.search(r"OFF.*last heartbeat 42\d s ago: the worker or beat is down", lines["worker and beat"])


def test_the_doctor_says_that_broker_mail_server_and_stripe_are_down_and_looks_at_the_rest(
    app, school, doctor, changed
):
    seen(app, school.now())
    changed(redis_url=NOBODY, smtp_url="smtp://127.0.0.1:1", stripe_api_base="http://127.0.0.1:1")
    code, lines = doctor()
    assert code == 1
    assert {name for name, line in lines.items() if "OFF" in line} == {"broker", "mail server", "Stripe"}
    assert "letters wait in the outbox" in lines["broker"]


def test_the_doctor_says_that_letters_are_late_and_decisions_wait(app, school, doctor):
    seen(app, school.now())
    school.letter(at=school.now() - timedelta(hours=1))
    with app.app_context():
        escalate("order.review", subject=db.session.query(Letter).one(), summary="?", dedupe="x", at=school.now())
        db.session.commit()
    code, lines = doctor()
    assert code == 1
    assert "1 letter late by more than 10 minutes" in lines["letters"]
    assert "1 decision waiting on the staff's desk" in lines["decisions"]
