"""What can't be kept in any text, and days at the end of the calendar, cost no page."""

from __future__ import annotations

import io

import pytest
from werkzeug.test import EnvironBuilder

from foundation.requests import PlainRequest


@pytest.mark.parametrize(
    "path",
    [
        "/coaches/%00",
        "/programs/a%00b",
        "/programs/a/cohorts/%00",
        "/enroll/%00",
        "/orders/%00",
        "/verify/%00x",
        "/%00",
    ],
)
def test_an_address_with_a_nul_leads_nowhere(client, path):
    assert client.get(path).status_code in (303, 404)


def test_a_question_with_a_nul_is_answered_without_it(client):
    assert client.get("/coaches?q=%00&language=%00").status_code == 200
    assert client.get("/programs?page=%00").status_code == 200


def test_what_was_typed_round_a_nul_is_kept():
    sent = EnvironBuilder("/?q=a%00b&q=c", method="POST", data={"note": "one\0 two", "plain": "x"}).get_environ()
    request = PlainRequest(sent)
    assert request.args.getlist("q") == ["ab", "c"]
    assert request.form.to_dict() == {"note": "one two", "plain": "x"}


def test_an_upload_beside_a_nul_arrives_as_it_is():
    data = {"note": "one\0", "file": (io.BytesIO(b"\0\1"), "a.bin")}
    request = PlainRequest(EnvironBuilder("/", method="POST", data=data).get_environ())
    assert request.files["file"].read() == b"\0\1"
    assert request.form["note"] == "one"


def test_the_last_days_of_the_calendar_are_days_like_others(client, school):
    mina = school.user("Mina Ito")
    school.enrollment(mina, school.cohort(of=school.program()))
    client.sign_in(mina)
    assert client.get("/hours?on=9999-12-31").status_code == 200
    assert client.get("/hours/log?month=9999-12").status_code == 200


def test_a_table_to_take_away_names_its_alphabet_once(client, school):
    client.sign_in(school.user("Mina Ito"))
    assert client.get("/hours/ledger.csv").headers["Content-Type"] == "text/csv; charset=utf-8"
