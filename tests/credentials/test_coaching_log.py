import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from credentials.models import Client, CoachingSession, Kind, LedgerEntry
from credentials.summing import totals_of
from foundation.db import db


def minutes_of(school, user):
    with school.app.app_context():
        return totals_of(user.id).minutes(Kind.COACHING)


def form(browser, user, **said):
    page = browser.sign_in(user).get("/hours/log").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    once = re.search(r'name="once"[^>]*value="([^"]+)"', page).group(1)
    day = re.search(r'name="on"[^>]*value="([^"]+)"', page).group(1)
    usual = {"client": "", "client_name": "Wren Castellanos", "consent": "given", "minutes": "45", "payment": "paid"}
    return {"csrf_token": token, "once": once, "on": day, "format": "individual", **usual, **said}


def test_a_session_with_a_new_client_is_logged_in_one_step(client, school):
    user = school.user()
    assert client.post("/hours/log", data=form(client, user)).status_code == 303
    assert minutes_of(school, user) == 45
    assert "Wren Castellanos" in client.get("/hours/log").get_data(as_text=True)


def test_the_form_sent_twice_logs_one_session(client, school):
    user = school.user()
    said = form(client, user)
    for _ in range(2):
        assert client.post("/hours/log", data=said).status_code == 303
    assert minutes_of(school, user) == 45
    with school.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Client)) == 1


def test_right_after_logging_one_can_undo(client, school):
    user = school.user()
    page = client.post("/hours/log", data=form(client, user), follow_redirects=True).get_data(as_text=True)
    action = re.search(r'action="(/hours/log/[^"]+/undo)"', page).group(1)
    assert client.submit(action, on="/hours/log").status_code == 303
    assert minutes_of(school, user) == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"minutes": "other", "other_minutes": "900"}, "between 1 minute and 12 hours"),
        ({"minutes": "other", "other_minutes": ""}, "Say how many minutes"),
        ({"client_name": ""}, "Give the new client a name"),
        ({"on": "2099-01-01"}, "This day has not come yet"),
        ({"on": "yesterday"}, "Not a valid date value"),
        ({"starts": "23:59"}, "This time has not come yet: in your zone it is"),
        ({"format": "group", "participants": "1"}, "A group has at least two people"),
        ({"client": "not-a-client"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_answered_beside_the_field_and_what_was_typed_stays(client, school, said, words):
    user = school.user()
    answer = client.post("/hours/log", data=form(client, user, notes="My own thoughts", **said))
    page = answer.get_data(as_text=True)
    assert words in page
    assert "My own thoughts" in page
    assert minutes_of(school, user) == 0


def test_a_correction_reverses_the_old_line_and_shows_it_as_history(client, school):
    user = school.user()
    session = school.coaching_session(user, minutes=60)
    url = f"/hours/log/{session.public_id}"
    client.sign_in(user)
    with school.app.app_context():
        known = db.session.get(Client, session.client_id).public_id
    answer = client.submit(url, form(client, user, client=known, minutes="90"))
    assert answer.status_code == 303
    assert minutes_of(school, user) == 90
    assert "Earlier versions" in client.get(answer.location).get_data(as_text=True)
    assert client.get(url).status_code == 404
    with school.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 3


def test_another_trainees_sessions_and_clients_are_not_there(client, school):
    session = school.coaching_session(school.user("Owner"))
    with school.app.app_context():
        owned = db.session.get(Client, session.client_id).public_id
    stranger = school.user("Stranger")
    client.sign_in(stranger)
    assert client.get(f"/hours/log/{session.public_id}").status_code == 404
    assert client.get(f"/hours/clients/{owned}").status_code == 404
    for url in (f"/hours/log/{session.public_id}/undo", f"/hours/clients/{owned}/forget"):
        assert client.submit(url, on="/hours/log").status_code == 404
    assert "Not a valid choice" in client.post("/hours/log", data=form(client, stranger, client=owned)).get_data(True)


def test_a_clients_name_and_contact_and_the_notes_are_sealed_in_the_database(school, client):
    user = school.user()
    client.post("/hours/log", data=form(client, user, client_contact="wren@example.com", notes="Cried"))
    with school.app.app_context():
        tables = ("client", "coaching_session", "ledger_entry", "audit_line", "letter")
        rows = [str(row) for t in tables for row in db.session.execute(text(f"SELECT * FROM {t}"))]
    assert not [row for row in rows if "Wren" in row or "wren@" in row or "Cried" in row]


def test_staff_see_codes_and_never_a_clients_name(client, school):
    user = school.user()
    session = school.coaching_session(user, school.coached_client(user, "Secretia Name"))
    with school.app.app_context():
        line = db.session.get(LedgerEntry, session.entry_id)
        db.session.expunge_all()
    school.sent(line)
    client.sign_in(school.user("Rosa", "registrar"))
    for url in ("/staff/hours", f"/staff/hours/{line.public_id}"):
        page = client.get(url).get_data(as_text=True)
        assert "C-01" in page
        assert "Secretia" not in page


def test_a_forgotten_client_leaves_the_code_and_the_minutes(client, school):
    user = school.user()
    known = school.coached_client(user, "Secretia Name")
    school.coaching_session(user, known, notes="Private")
    answer = client.sign_in(user).submit(f"/hours/clients/{known.public_id}/forget", on="/hours/log")
    assert answer.status_code == 303
    assert "Secretia" not in client.get("/hours/log").get_data(as_text=True)
    assert minutes_of(school, user) == 60
    with school.app.app_context():
        assert db.session.scalars(select(CoachingSession.sealed_notes)).all() == [""]


def test_the_log_filters_by_name_and_exports_what_is_on_the_screen(client, school):
    user = school.user()
    for name in ("Mara Quist", "Idris Bello"):
        school.coaching_session(user, school.coached_client(user, name))
    client.sign_in(user)
    csv = client.get("/hours/log.csv?words=mara").get_data(as_text=True)
    assert "Mara Quist" in csv
    assert "Idris" not in csv


def test_a_name_that_is_a_formula_does_not_run_in_a_spreadsheet(client, school):
    user = school.user()
    school.coaching_session(user, school.coached_client(user, "=1+1"))
    assert ",'=1+1," in client.sign_in(user).get("/hours/log.csv").get_data(as_text=True)


def test_the_log_sorts_by_length(client, school):
    user = school.user()
    known = school.coached_client(user)
    for minutes in (90, 30):
        school.coaching_session(user, known, minutes=minutes, on=(school.now() - timedelta(days=minutes)).date())
    page = client.sign_in(user).get("/hours/log?sort=minutes").get_data(as_text=True)
    table = page[page.index("<tbody>") :]
    assert table.index("30 min") < table.index("1 h 30 min")
