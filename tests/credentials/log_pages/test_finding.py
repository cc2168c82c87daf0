"""The log filtered and searched, on paper, and what else it gives away."""

import csv
import io
import json
import re
import zipfile
from datetime import date

import pytest

from credentials.confirming.requesting import ask
from credentials.models import CoachingSession, Format, Payment
from foundation.db import db


@pytest.fixture
def varied(page, trainee, school):
    """A log with one of each: who, in what company, when, paid how, and a note."""
    wren, idris = (school.coached_client(trainee, name) for name in ("Wren Castellanos", "Idris Bello"))
    school.coaching_session(trainee, wren, minutes=60, on=date(2026, 2, 28), notes="The River came up again")
    school.coaching_session(trainee, idris, minutes=45, on=date(2026, 3, 1), payment=Payment.PRO_BONO)
    group = {"format": Format.GROUP, "participants": 4, "payment": Payment.THIRD_PARTY}
    school.coaching_session(trainee, idris, minutes=90, on=date(2026, 3, 2), **group)
    return {"wren": wren.public_id, "idris": idris.public_id}


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        ("client={wren}", [60]),
        ("client={idris}", [45, 90]),
        ("client=nobody", []),
        ("shape=group", [90]),
        ("shape=individual", [60, 45]),
        ("shape=run", []),
        ("shape=odd", [60, 45, 90]),
        ("payment=paid_anyhow", [60, 90]),
        ("payment=pro_bono", [45]),
        ("payment=third_party", [90]),
        ("words=the+river", [60]),
        ("words=bello&month=2026-03&payment=pro_bono", [45]),
    ],
)
def test_the_log_filters_by_client_company_and_pay_and_searches_the_notes(page, varied, asked, minutes):
    query = asked.format(**varied)
    rows = list(csv.DictReader(io.StringIO(page.get(f"/hours/log.csv?{query}").text.lstrip("\ufeff"))))
    assert sorted(int(row["Minutes"]) for row in rows) == sorted(minutes)
    shown = re.sub(r"\s+", " ", page.get(f"/hours/log?{query}").text)
    if 0 < len(minutes) < 3:
        assert f"in {len(minutes)} session" in shown


def test_the_log_on_paper_holds_what_the_screen_shows_says_what_it_leaves_out_and_adds_up(page, varied):
    shown = re.sub(r"\s+", " ", page.get("/hours/log/print?month=2026-03").text)
    assert "Only March 2026." in shown
    assert "Idris Bello (C-02)" in shown
    assert "Wren" not in shown
    assert "<strong>2 h 15 min</strong> in 2 sessions: 1 h 30 min paid in some way, 45 min pro bono." in shown
    assert "River" not in page.get("/hours/log/print").text, "notes are for the screen of their writer"


def test_nobody_finds_another_trainees_notes_or_clients(client, page, varied, school):
    client.sign_in(school.user("Stranger"))
    for asked in ("words=river", f"client={varied['wren']}", ""):
        assert "Wren" not in client.get(f"/hours/log/print?{asked}").text


def test_the_audit_pack_and_my_data_hold_what_the_other_party_answered(app, page, trainee, school):
    session = school.coaching_session(trainee, school.coached_client(trainee, "Wren Castellanos"))
    with app.app_context():
        line = db.session.get(CoachingSession, session.id).entry.public_id
        ask(db.session.merge(trainee), line, address="wren@example.com", at=school.now())
        db.session.commit()
    pack = zipfile.ZipFile(io.BytesIO(page.get("/hours/log/audit-pack.zip").data))
    (asked,) = csv.DictReader(io.StringIO(pack.read("confirmations.csv").decode("utf-8-sig")))
    assert (asked["Line"], asked["Asked of"], asked["Answer"]) == (line, "wren@example.com", "Asked")
    assert "confirmations.csv" in pack.read("README.txt").decode()
    (told,) = json.loads(page.get("/hours/log/my-data.json").data)["confirmations"]
    assert told["Asked of"] == "wren@example.com"
