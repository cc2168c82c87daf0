"""The pages round the coaching log: import, peers, taking it away, keys, and what staff never see."""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, text

from credentials.models import Client, CoachingSession, Consent, Kind, LogImport, Payment
from credentials.profiling import records_of
from credentials.summing import totals_of
from foundation.db import db

ROW = "Wren Castellanos,2026-03-14,60,yes\n"


LOG = f"Client,Date,Minutes,Paid\n{ROW}{ROW},2026-03-15,60,no\n"


def minutes_of(app, user):
    with app.app_context():
        return totals_of(user.id).minutes(Kind.COACHING)


def upload(client, content, name="my log.csv"):
    data = {"file": (io.BytesIO(content.encode() if isinstance(content, str) else content), name)}
    return client.submit("/hours/log/import", data, content_type="multipart/form-data")


def test_an_import_is_looked_at_row_by_row_then_confirmed_then_undone(app, page, trainee):
    look = upload(page, LOG).location
    shown = page.get(look).get_data(as_text=True)
    for words in (
        "Wren Castellanos",
        "Twice in this file",
        "give each its time of day",
        "is empty: each row needs its client",
        "Import 1 row",
    ):
        assert words in shown
    assert minutes_of(app, trainee) == 0
    for _ in range(2):
        assert page.submit(look, on="/hours/log/import").status_code == 303
    assert minutes_of(app, trainee) == 60
    assert page.submit(f"{look}/undo", on="/hours/log/import").status_code == 303
    assert minutes_of(app, trainee) == 0
    assert "Undone" in page.get("/hours/log/import").get_data(as_text=True)


def test_what_stands_in_the_log_and_what_stands_twice_in_the_file_are_told_apart(page):
    page.submit(upload(page, LOG).location, on="/hours/log/import")
    again = page.get(upload(page, LOG).location).get_data(as_text=True)
    assert "There already" in again and "nothing new in this file" in again


def test_everything_that_was_imported_is_sent_in_one_step(app, page, trainee):
    rows = "".join(f"Wren,2025-{1 + n // 28:02d}-{1 + n % 28:02d},30,paid\n" for n in range(130))
    page.submit(upload(page, "Client,Date,Minutes,Paid\n" + rows).location, on="/hours/log/import")
    assert "Send all 130 logged lines" in page.get("/hours/review").text
    told = page.submit("/hours/review", {"which": "all"}, follow_redirects=True).text
    assert "130 sent" in told and "Everything you logged is sent" in told
    assert page.submit("/hours/review", {"which": "all"}).status_code == 200
    assert minutes_of(app, trainee) == 130 * 30


def test_clients_are_found_by_name_contact_code_and_consent_a_page_at_a_time(page, trainee, school):
    for number in range(52):
        school.coached_client(trainee, f"Person {number:02d}", contact=f"p{number}@example.com", consent_on=None)
    wren = school.coached_client(trainee, "Wren Ōtaki", consent=Consent.REFUSED)
    every = page.get("/hours/clients").text
    assert "Page 1 of 2" in every and "53 clients" in every
    assert "Person 00" in page.get("/hours/clients?page=2").text
    for asked in ("words=ōtaki", f"words={wren.code}", "consent=refused"):
        found = page.get(f"/hours/clients?{asked}").text
        assert "Wren Ōtaki" in found and "Person 01" not in found
    assert "p51@example.com" in page.get("/hours/clients?words=p51@").text
    assert "Wren" not in page.get("/hours/clients?consent=undated").text
    assert "No client is like that" in page.get("/hours/clients?words=nobody").text


def test_the_file_is_sealed_while_it_is_looked_at_and_gone_afterwards(app, page):
    look = upload(page, LOG).location
    with app.app_context():
        assert "Wren" not in str(db.session.execute(text("SELECT * FROM log_import")).one())
    page.submit(look, on="/hours/log/import")
    with app.app_context():
        assert db.session.scalars(select(LogImport.sealed_file)).all() == [""]


def test_an_import_that_is_put_away_writes_nothing_and_leaves_nothing(app, page):
    look = upload(page, LOG).location
    assert page.submit(f"{look}/drop", on="/hours/log/import").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LogImport)) == 0


def test_a_file_that_is_no_log_is_answered_beside_the_field(page):
    answer = upload(page, b"%PDF-1.7", "photo.pdf")
    assert "This is not a CSV or XLSX file" in answer.get_data(as_text=True)


def test_another_trainees_import_is_not_there(client, school):
    look = upload(client.sign_in(school.user("Owner")), LOG).location
    client.sign_in(school.user("Stranger"))
    assert client.get(look).status_code == 404
    for more in ("", "/drop", "/undo"):
        assert client.submit(look + more, on="/hours/log/import").status_code == 404


def test_a_run_stands_in_the_list_with_both_days_and_can_be_taken_back(app, page, trainee):
    head = "Client Name,Start Date,End Date,Paid Hours,Pro Bono Hours\n"
    page.submit(upload(page, head + "Wren,2026-01-05,2026-03-31,12,").location, on="/hours/log/import")
    assert "Mar 31, 2026" in page.get("/hours/log").get_data(as_text=True)
    with app.app_context():
        name = db.session.scalars(select(CoachingSession.public_id)).one()
    assert "This is a run of sessions" in page.get(f"/hours/log/{name}").get_data(as_text=True)
    assert page.submit(f"/hours/log/{name}/undo", on="/hours/log").status_code == 303
    assert minutes_of(app, trainee) == 0


def test_peer_hours_beyond_what_came_back_are_pro_bono_on_the_page_in_the_profile_and_in_the_export(
    app, page, trainee, school
):
    peer = school.coached_client(trainee, "Peer")
    for days, minutes in ((30, 360), (20, 240)):
        on = (school.now() - timedelta(days=days)).date()
        school.coaching_session(trainee, peer, minutes=minutes, on=on, payment=Payment.PEER_EXCHANGE)
    page.submit("/hours/peers", {"on": "2026-03-14", "minutes": "480", "peer": "Mara Quist"})
    shown = re.sub(r"\s+", " ", page.get("/hours/peers").get_data(as_text=True))
    assert "<dt>Counts as paid</dt><dd>8 h</dd>" in shown
    assert "<dt>Counts as pro bono</dt><dd>2 h</dd>" in shown
    with app.app_context():
        told = records_of(trainee.id).profile("ACC", "level", date(2026, 11, 1))["sessions"]
    assert sorted((one["minutes"], one["payment"]) for one in told) == [
        (120, "peer_exchange"), (120, "pro_bono"), (360, "peer_exchange"),
    ]  # fmt: skip
    row = list(csv.reader(io.StringIO(page.get("/hours/log/icf.csv").get_data(as_text=True))))[1]
    assert row[-2:] == ["8.0", "2.0"]


def test_a_received_hour_is_taken_back_by_a_second_row(app, page, trainee):
    after = page.submit("/hours/peers", {"on": "2026-03-14", "minutes": "60"}, follow_redirects=True)
    action = re.search(r'action="(/hours/peers/[^"]+/undo)"', after.get_data(as_text=True)).group(1)
    for _ in range(2):
        page.submit(action, on="/hours/peers")
    with app.app_context():
        assert db.session.scalars(text("SELECT minutes FROM peer_hour ORDER BY id")).all() == [60, -60]


def test_the_audit_pack_and_my_data_add_up_to_what_the_page_says(app, page, trainee, school):
    for name, minutes in (("Wren", 90), ("Idris", 45)):
        school.coaching_session(trainee, school.coached_client(trainee, name), minutes=minutes, notes="Mine")
    pack = zipfile.ZipFile(io.BytesIO(page.get("/hours/log/audit-pack.zip").data))
    assert "135 minutes (2.25 h)" in pack.read("README.txt").decode()
    assert "2 h 15 min logged" in page.get("/hours/log").get_data(as_text=True)
    sessions = list(csv.DictReader(io.StringIO(pack.read("sessions.csv").decode("utf-8-sig"))))
    lines = list(csv.DictReader(io.StringIO(pack.read("ledger-lines.csv").decode("utf-8-sig"))))
    data = json.loads(page.get("/hours/log/my-data.json").data)
    for told in (sessions, lines):
        assert sum(int(one["Minutes"]) for one in told) == 135
    assert [one["name"] for one in data["clients"]] == ["Wren", "Idris"]
    assert {one["notes"] for one in data["sessions"]} == {"Mine"}
    assert "Mine" not in str({name: pack.read(name) for name in pack.namelist()})


def test_the_log_filters_by_month(page, trainee, school):
    for name, on in (("Mara Quist", date(2026, 2, 28)), ("Idris Bello", date(2026, 3, 1))):
        school.coaching_session(trainee, school.coached_client(trainee, name), on=on)
    shown = page.get("/hours/log.csv?month=2026-02").get_data(as_text=True)
    assert "Mara" in shown
    assert "Idris" not in shown
    assert page.get("/hours/log?month=soon").status_code == 200


def test_a_client_keeps_organisation_and_relation_sealed(app, page, trainee, school):
    known = school.coached_client(trainee, "Wren")
    said = {
        "client_name": "Wren",
        "client_organisation": "Brightwater Ltd",
        "relation": "third_party",
        "consent": "given",
    }
    assert page.submit(f"/hours/clients/{known.public_id}", said).status_code == 303
    shown = page.get("/hours/clients").get_data(as_text=True)
    assert "Brightwater Ltd" in shown
    assert "Sent by an organisation that pays" in shown
    with app.app_context():
        assert "Brightwater" not in str(db.session.execute(text("SELECT * FROM client")).one())


@pytest.mark.parametrize(
    "url",
    [
        "/hours/log",
        "/hours/log?words=client&payment=paid",
        "/hours/log/print",
        "/hours/log/import",
        "/hours/log/export",
        "/hours/peers",
        "/hours/clients",
        "/hours/log/icf.csv",
    ],
)
def test_no_page_of_the_log_asks_more_the_more_there_is(page, trainee, school, queries, url):
    for number in range(12):
        school.coaching_session(trainee, school.coached_client(trainee, f"Client {number}"))
    page.get(url)
    with queries() as seen:
        assert page.get(url).status_code == 200
    assert seen.count <= 8


def test_after_the_keys_have_rotated_the_old_one_can_go(app, page, trainee, school):
    known = school.coached_client(trainee, "Wren Castellanos")
    school.coaching_session(trainee, known, notes="Private")
    old, new = app.config["SETTINGS"], Fernet.generate_key().decode()
    try:
        app.config["SETTINGS"] = replace(old, fernet_keys=(new, *old.fernet_keys))
        for _ in range(2):
            assert app.test_cli_runner().invoke(args=["credentials", "reseal"]).exit_code == 0
        app.config["SETTINGS"] = replace(old, fernet_keys=(new,))
        with app.app_context():
            assert db.session.get(Client, known.id).name == "Wren Castellanos"
            assert db.session.scalars(select(CoachingSession)).one().notes == "Private"
        app.config["SETTINGS"] = replace(old, fernet_keys=(Fernet.generate_key().decode(),))
        lost = app.test_cli_runner().invoke(args=["credentials", "reseal"])
        assert (lost.exit_code, "no key of PRACTICUM_FERNET_KEYS" in lost.stderr) == (2, True)
    finally:
        app.config["SETTINGS"] = old


def test_no_staff_page_letter_or_csv_holds_a_clients_name(app, client, school, mailbox):
    user = school.user("Ana Lima")
    name = "Zyxwvut Castellanos"
    session = school.coaching_session(
        user, school.coached_client(user, name, contact="zyxwvut@example.com"), notes=name
    )
    upload(client.sign_in(user), f"Client,Date,Minutes,Paid\n{name},2026-03-14,60,yes\n", f"{name}.csv")
    with app.app_context():
        line = db.session.get(CoachingSession, session.id).entry
        _ = line.user
        db.session.expunge_all()
    school.sent(line)
    client.sign_in(school.user("Olga Owner", "owner"))
    from tests.house.test_links import crawl

    told = crawl(client, "/staff", f"/staff/hours/{line.public_id}", "/staff/hours")
    read = "".join(client.get(url).data.decode(errors="replace") for url, (code, _) in told.items() if code == 200)
    assert "C-01" in read
    assert "zyxwvut" not in read.lower()
    with app.app_context():
        rows = str(
            [db.session.execute(text(f"SELECT * FROM {t}")).all() for t in ("letter", "audit_line", "ledger_entry")]
        )
    assert "zyxwvut" not in rows.lower()
