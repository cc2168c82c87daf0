"""Sessions that waited on a phone: taken in once, for their owner, whatever became of the answer."""

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from credentials.coaching_log.resealing import reseal_in_steps
from credentials.models import Client, CoachingSession, Kind, PhoneKey
from credentials.summing import totals_of
from foundation.db import db

TIMES = 12


class Phone:
    """A phone in somebody's hand: it asks who that is, and sends what waits."""

    def __init__(self, browser, user):
        self.browser = browser.sign_in(user)
        self.known = self.ask()

    def ask(self):
        return self.browser.get("/hours/log/phone.json").json

    def send(self, once, **said):
        usual = {"client": "", "client_name": "Wren Castellanos", "consent": "given", "minutes": "45"}
        usual |= {"on": "2026-03-14", "payment": "paid", "format": "individual"}
        who = {"once": once, "owner": self.known["owner"], "csrf_token": self.known["token"]}
        return self.browser.post("/hours/log/phone", data=who | usual | said)


@pytest.fixture
def trainee(school):
    return school.user("Ana Lima")


@pytest.fixture
def phone(client, trainee):
    return Phone(client, trainee)


@pytest.fixture
def once():
    return str(uuid.uuid4())


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_a_session_sent_twice_under_its_name_is_logged_once_and_answered_alike(app, phone, once, trainee):
    first, again = phone.send(once, minutes="90"), phone.send(once, minutes="90")
    assert (first.status_code, first.json) == (200, again.json)
    assert first.json["words"] == "1 h 30 min with C-01"
    assert (count(app, CoachingSession), count(app, Client)) == (1, 1)
    with app.app_context():
        assert totals_of(trainee.id).minutes(Kind.COACHING) == 90


def test_twelve_senders_at_once_log_it_once(app, phone, once):
    cookie = phone.browser.get_cookie("session").value

    def send(_):
        other = app.test_client()
        other.set_cookie("session", cookie)
        return Phone.send(type("Same", (), {"browser": other, "known": phone.known}), once).status_code

    with ThreadPoolExecutor(TIMES) as pool:
        assert set(pool.map(send, range(TIMES))) == {200}
    assert (count(app, CoachingSession), count(app, Client)) == (1, 1)


def test_another_trainee_may_use_the_same_name_and_neither_sees_the_other(app, phone, once, school):
    hers = phone.send(once).json
    his = Phone(app.test_client(), school.user("Tomas Reyes")).send(once, minutes="60").json
    assert count(app, CoachingSession) == 2
    assert hers["href"] != his["href"]
    assert phone.browser.get(his["href"]).status_code == 404


def test_what_waits_for_one_is_not_taken_from_another_who_is_signed_in(app, phone, once, school):
    waiting = phone.known["owner"]
    other = Phone(app.test_client(), school.user("Tomas Reyes"))
    answer = other.send(once, owner=waiting)
    assert (answer.status_code, answer.json["state"]) == (409, "another")
    assert count(app, CoachingSession) == 0


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"on": "2099-01-01"}, "on", "This day has not come yet"),
        ({"client_name": ""}, "client_name", "Give the new client a name"),
        ({"client": "gone"}, "client", "Not a valid choice"),
        ({"format": "group", "participants": "1"}, "participants", "at least two people"),
    ],
)
def test_what_is_refused_comes_back_with_its_reason_beside_the_field(app, phone, once, said, field, words):
    answer = phone.send(once, **said)
    assert answer.status_code == 422
    assert words in answer.json["errors"][field][0]
    assert (count(app, CoachingSession), count(app, Client)) == (0, 0)
    assert phone.send(once).status_code == 200


def test_a_refused_session_that_was_mended_is_taken_under_the_same_name(app, phone, once):
    phone.send(once, minutes="other", other_minutes="900")
    assert phone.send(once, minutes="other", other_minutes="90").status_code == 200
    assert count(app, CoachingSession) == 1


def test_another_session_under_a_name_that_is_taken_is_not_swallowed(app, phone, once):
    first = phone.send(once).json
    answer = phone.send(once, minutes="90")
    assert (answer.status_code, answer.json["state"]) == (409, "differs")
    assert answer.json["href"] == first["href"]
    assert phone.send(str(uuid.uuid4()), minutes="90", client=first["client"]).status_code == 200
    assert count(app, CoachingSession) == 2


def test_the_answer_that_was_lost_is_given_again_even_after_the_client_was_forgotten(app, phone, once):
    first = phone.send(once, notes="Mine").json
    phone.browser.submit(f"/hours/clients/{first['client']}/forget", on="/hours/log")
    assert phone.send(once, notes="Mine").json == first
    assert phone.send(once, notes="Mine", client=first["client"]).json == first


def test_a_session_taken_back_does_not_come_again(app, phone, once, trainee):
    made = phone.send(once).json
    phone.browser.submit(f"{made['href']}/undo", on="/hours/log")
    assert phone.send(once).status_code == 200
    with app.app_context():
        assert totals_of(trainee.id).minutes(Kind.COACHING) == 0


def test_the_form_of_the_page_sent_again_with_other_words_says_so_and_is_taken_the_next_time(app, phone, client):
    page = client.get("/hours/log").get_data(as_text=True)
    said = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page).group(1) for name in ("csrf_token", "once", "on")
    }
    said |= {"client": "", "client_name": "Wren", "consent": "given", "minutes": "45", "payment": "paid"}
    said |= {"format": "individual"}
    client.post("/hours/log", data=said)
    back = client.post("/hours/log", data=said | {"minutes": "90"}).get_data(as_text=True)
    assert "This form has logged a session already: 45 min with C-01" in back
    fresh = re.search(r'name="once"[^>]*value="([^"]+)"', back).group(1)
    assert client.post("/hours/log", data=said | {"minutes": "90", "once": fresh}).status_code == 303
    assert count(app, CoachingSession) == 2


def test_without_a_fresh_token_or_signed_out_nothing_is_taken(app, phone, once):
    assert phone.send(once, csrf_token="stale").status_code == 400
    phone.browser.submit("/logout", on="/hours/log")
    assert phone.browser.get("/hours/log/phone.json").status_code == 303
    assert count(app, CoachingSession) == 0


def test_the_page_that_a_phone_keeps_names_nobody(app, phone, school, trainee):
    school.coached_client(trainee, "Secretia Name")
    pages = [phone.browser.get("/hours/log/quick").get_data(as_text=True)]
    pages.append(app.test_client().sign_in(school.user("Tomas Reyes")).get("/hours/log/quick").get_data(as_text=True))
    mine, theirs = (re.sub(r'nonce(="|-)[^"\']+', "", page) for page in pages)
    assert mine == theirs
    for private in ("Secretia", "Ana", "csrf_token", "@example.com"):
        assert private not in mine.replace("fernhollow@example.com", "")


def test_the_phone_knows_its_owners_clients_and_nobody_elses_and_forgets_the_forgotten(client, school, trainee):
    for name in ("Mara Quist", "Idris Bello"):
        school.coached_client(trainee, name)
    school.coached_client(school.user("Tomas Reyes"), "Somebody Else")
    phone = Phone(client, trainee)
    assert [one["name"] for one in phone.known["clients"]] == ["Idris Bello", "Mara Quist"]
    client.submit(f"/hours/clients/{phone.known['clients'][0]['id']}/forget", on="/hours/log")
    assert [one["code"] for one in phone.ask()["clients"]] == ["C-01"]
    assert client.get("/hours/log/phone.json").headers["Cache-Control"] == "no-store"


def test_the_key_stays_the_same_is_each_owners_own_and_lies_sealed(app, phone, school):
    other = Phone(app.test_client(), school.user("Tomas Reyes"))
    assert phone.ask()["key"] == phone.known["key"] != other.known["key"]
    with app.app_context():
        assert phone.known["key"] not in str(db.session.execute(text("SELECT * FROM phone_key")).all())
        assert sum(reseal_in_steps()) == 2
        assert db.session.scalar(select(func.count()).select_from(PhoneKey)) == 2


def test_the_app_names_pages_icons_and_scripts_that_are_there(app, client, phone):
    told = json.loads(app.test_client().get("/hours/log/app.webmanifest").data)
    assert client.get(told["start_url"]).status_code == 200
    assert {icon["sizes"] for icon in told["icons"]} >= {"192x192", "512x512"}
    assert any(icon["purpose"] == "maskable" for icon in told["icons"])
    worker = app.test_client().get("/hours/worker.mjs")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
    named = re.findall(r'"(/static/[^"]+)"', worker.get_data(as_text=True)) + [icon["src"] for icon in told["icons"]]
    assert {client.get(address).status_code for address in named} == {200}
    page = client.get("/hours/log/quick").get_data(as_text=True)
    needed = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:mjs|css|woff2))"', page))
    assert needed <= set(named), needed - set(named)


def test_every_script_that_a_kept_script_asks_for_is_kept_too(app):
    from pathlib import Path

    worker = app.test_client().get("/hours/worker.mjs").get_data(as_text=True)
    scripts = Path(app.root_path) / "static" / "js"
    kept = {scripts / name for name in re.findall(r'/js/([\w/]+\.mjs)"', worker)}
    asked = {
        (path.parent / name).resolve() for path in kept for name in re.findall(r'from "(\./[^"]+)"', path.read_text())
    }
    assert asked <= kept


def test_the_page_and_what_the_phone_asks_stay_cheap(phone, school, trainee, queries):
    for number in range(12):
        school.coaching_session(trainee, school.coached_client(trainee, f"Client {number}"))
    for url in ("/hours/log/quick", "/hours/log/phone.json"):
        with queries() as seen:
            phone.browser.get(url)
        assert seen.count <= 8
