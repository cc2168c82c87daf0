import re
from dataclasses import replace

import pytest

from desk.checking import examine
from foundation.db import db
from foundation.heartbeat import beat


def test_machines_learn_that_we_are_alive_and_ready(client):
    assert client.get("/healthz").text == "ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["database"]


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


def test_metrics_ask_for_the_token_where_one_is_set(client, app):
    assert "practicum_open_decisions" in client.get("/metrics").text
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, metrics_token="a-word-for-machines")
    try:
        assert client.get("/metrics").status_code == 403
        assert client.get("/metrics", headers={"Authorization": "Bearer a-word-for-machines"}).status_code == 200
    finally:
        app.config["SETTINGS"] = before


def test_the_doctor_says_in_plain_words_what_is_off(app, school, context):
    settings = app.config["SETTINGS"]
    found = {f.name: f for f in examine(settings, school.now())}
    assert found["database"].is_good
    assert found["schema"].is_good
    assert not found["worker and beat"].is_good
    assert "never seen" in found["worker and beat"].says
    beat("worker", school.now())
    db.session.commit()
    down = replace(settings, redis_url="redis://127.0.0.1:1/0", smtp_url="smtp://127.0.0.1:1")
    found = {f.name: f for f in examine(down, school.now())}
    assert found["worker and beat"].is_good
    assert not found["broker"].is_good
    assert not found["mail server"].is_good
