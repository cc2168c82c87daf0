"""The picture at the door is scanned as a phone does it, and where it leads is followed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from courseware.attendance import codes
from courseware.attendance.checking_in import close_class
from courseware.models import CheckIn, LiveClass
from credentials.models import LedgerEntry
from foundation.db import db
from tests.courseware.looking import text
from tests.reading_qr import Unread, drawn, read_grid, read_qr

PASSWORD = "a small brass bell"


@pytest.fixture
def ana(school, cohort):
    made = school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
    school.enrollment(made, cohort)
    return made


def scanned(app, noor, live_class) -> str:
    """The address in the picture on the teacher's screen, as a path of this school."""
    page = app.test_client().sign_in(noor).get(f"/staff/classes/{live_class.id}/check-in")
    picture = page.text.split('class="door__picture"')[1]
    address = read_qr(picture)
    base = app.config["SETTINGS"].base_url.rstrip("/")
    assert address.startswith(f"{base}/classes/{live_class.public_id}/check-in?code=")
    return address.removeprefix(base)


def there(app) -> list[bool]:
    with app.app_context():
        return [one.is_open for one in db.session.scalars(select(CheckIn).order_by(CheckIn.id))]


def tap(client, page, path):
    """One tap on what the page holds, with nothing typed."""
    code = re.search(r'name="code"[^>]*value="([^"]*)"', page.text).group(1)
    return client.submit(path.partition("?")[0], {"code": code}, on=path, follow_redirects=True)


def test_whoever_is_signed_in_scans_taps_once_and_has_attended(app, client, school, ana, noor, studio):
    path = scanned(app, noor, studio)
    page = client.sign_in(ana).get(path)
    assert "I am here" in text(page)
    assert "You are checked in since" in text(tap(client, page, path))
    with app.app_context():
        assert close_class(studio.id, at=studio.starts_at + timedelta(minutes=studio.minutes)) == 1
        db.session.commit()
        [line] = db.session.scalars(select(LedgerEntry))
        assert 138 <= line.minutes <= 140


def test_whoever_is_signed_out_scans_signs_in_also_at_the_second_try_and_is_back_at_the_door(
    app, client, ana, noor, studio
):
    path = scanned(app, noor, studio)
    login = client.get(path).location
    wrong = client.submit(login, {"email": "ana@example.com", "password": "a large brass bell"}, on=login)
    assert "do not belong together" in wrong.text
    action = re.search(r'<form[^>]*action="([^"]+)"', wrong.text).group(1).replace("&amp;", "&")
    right = client.submit(action, {"email": "ana@example.com", "password": PASSWORD}, on=login)
    assert right.location == path
    page = client.get(right.location)
    assert "You are checked in since" in text(tap(client, page, path))
    assert there(app) == [True]


def test_scanned_twice_it_says_since_when_and_changes_nothing(app, client, ana, noor, studio):
    path = scanned(app, noor, studio)
    client.sign_in(ana)
    tap(client, client.get(path), path)
    again = client.get(scanned(app, noor, studio))
    assert "You are checked in since" in text(again) and "I am here" not in text(again)
    assert there(app) == [True]


def test_a_picture_taken_of_the_screen_is_too_old_after_some_minutes(app, client, school, ana, noor, studio):
    with app.app_context():
        shown, then = (codes.code_at(studio, school.now() - timedelta(minutes=ago)) for ago in (0, 6))
    path = scanned(app, noor, studio).replace(shown, then)
    client.sign_in(ana)
    answer = tap(client, client.get(path), path)
    assert "it changes every minute" in text(answer)
    assert there(app) == []


def test_the_picture_of_another_day_says_that_its_class_is_over_also_after_signing_in(app, client, ana, noor, studio):
    path = scanned(app, noor, studio)
    with app.app_context():
        db.session.get_one(LiveClass, studio.id).starts_at -= timedelta(days=7)
        db.session.commit()
    login = client.get(path).location
    client.submit(login, {"email": "ana@example.com", "password": PASSWORD}, on=login)
    page = client.get(path)
    assert "This class is over" in text(page) and "ask your instructor to mark you" in text(page)
    assert there(app) == []


def test_a_square_that_is_scratched_is_not_read(app, noor, studio):
    page = app.test_client().sign_in(noor).get(f"/staff/classes/{studio.id}/check-in").text
    picture = page.split('class="door__picture"')[1]
    squares = drawn(picture)
    assert read_grid(squares) == read_qr(picture)
    squares[9][9] = not squares[9][9]
    with pytest.raises(Unread):
        read_grid(squares)
