"""A mentor fills the Session Observation Form while the recording plays: nothing typed is lost or written over."""

from datetime import date

import pytest

from credentials.models import CoachingForm, FormVersion, Level
from credentials.observing import drafting
from credentials.observing.contents import Evidence, Observation, clock_seconds, clock_words
from foundation.db import db
from tests.credentials.forms import SAID, WHOLE, begun, fields, signed
from tests.credentials.reading import all_of


@pytest.mark.parametrize(("text", "seconds"), [("12:34", 754), ("1:02:03", 3723), ("754", 754), ("0:00", 0)])
def test_a_moment_is_read_as_people_write_it(text, seconds):
    assert clock_seconds(text) == seconds
    assert clock_seconds(clock_words(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "12:60", "a:b", "1:2:3:4", "-5", "٣:٤", "99999:00"])
def test_what_is_no_moment_is_none(text):
    assert clock_seconds(text) is None


def test_a_form_is_ready_when_each_competency_has_evidence_or_a_note_that_says_why_not():
    assert WHOLE.missing() == []
    assert len(Observation().missing()) == 9
    halves = Observation((*WHOLE.evidence, Evidence(3, None, SAID, "")), WHOLE.notes)
    assert halves.missing() == [
        "3. Establishes and Maintains Agreements: each piece of evidence needs its moment and the behaviour"
    ]


def test_what_is_missing_is_listed_and_what_was_typed_is_kept(client, school, keiko, session):
    page = f"/staff/mentoring/forms/{begun(school, keiko, session)}"
    client.sign_in(keiko)
    typed = fields(client.get(page).text) | {"c1-0-at": "12:99", "c1-0-behaviour": "Names the frame", "act": "save"}
    wrong = client.submit(page, typed)
    assert wrong.status_code == 422
    assert "Write the moment as minutes and seconds" in wrong.text
    assert 'value="12:99"' in wrong.text
    unready = client.submit(page, typed | {"c1-0-at": "12:34", "act": "offer"})
    assert "8. Facilitates Client Growth: evidence, or a note" in unready.text
    assert "Names the frame" in client.get(page).text, "it was saved nevertheless"


def test_typing_makes_one_working_copy_and_what_was_saved_on_purpose_stays(client, school, keiko, session):
    page = f"/staff/mentoring/forms/{begun(school, keiko, session)}"
    client.sign_in(keiko)
    mark = fields(client.get(page).text)["based_on"]
    token = client.token(page)
    for n in range(4):
        said = {"csrf_token": token, "based_on": mark, "overall": f"Draft {n}"}
        mark = client.post(page, data=said, headers={"X-Autosave": "1"}).json["based_on"]
    assert [one.number for one in all_of(school, FormVersion)] == [1]
    client.post(page, data={"csrf_token": token, "based_on": mark, "overall": "Draft 3", "act": "save"})
    mark = fields(client.get(page).text)["based_on"]
    said = {"csrf_token": token, "based_on": mark, "overall": "Draft 4", "act": "save"}
    assert client.post(page, data=said).status_code == 303
    assert [one.is_kept for one in all_of(school, FormVersion)] == [True, True]
    assert "Draft 3" in client.get(f"{page}/versions/1").text


def test_two_pages_never_write_over_each_other(client, school, keiko, session):
    page = f"/staff/mentoring/forms/{begun(school, keiko, session)}"
    client.sign_in(keiko)
    mark = fields(client.get(page).text)
    assert client.submit(page, mark | {"overall": "From the desk", "act": "save"}).status_code == 303
    other = client.submit(page, mark | {"overall": "From the train", "act": "save"})
    assert "Another page has saved this form" in other.text
    assert "From the train" in other.text
    late = client.post(
        page, data=mark | {"overall": "x", "csrf_token": client.token(page)}, headers={"X-Autosave": "1"}
    )
    assert late.status_code == 409


def test_a_form_begins_in_a_session_that_the_mentor_gave(client, school, keiko, maren):
    other = school.mentor_session(maren, school.mentor("Another Mentor"))
    client.sign_in(keiko)
    page = client.get("/staff/mentoring/forms").text
    assert "No mentor session yet" in page
    with school.app.app_context(), pytest.raises(Exception, match=r".*"):
        drafting.begin_observation(
            db.session.merge(keiko), other.public_id, level=Level.ACC, about_on=date(2026, 1, 1), at=school.now()
        )


@pytest.mark.parametrize("where", ["/staff/mentoring/forms", "/hours/forms"])
def test_the_lists_ask_the_database_at_most_eight_things(client, school, queries, keiko, maren, session, where):
    signed(school, keiko, maren, session)
    begun(school, keiko, session)
    client.sign_in(keiko if where.startswith("/staff") else maren)
    with queries() as asked:
        assert client.get(where).status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


def test_a_dropped_draft_is_gone_from_the_list_and_a_signed_form_is_not_dropped(client, school, keiko, maren, session):
    name = begun(school, keiko, session)
    page = f"/staff/mentoring/forms/{name}"
    client.sign_in(keiko)
    assert client.submit(f"{page}/drop", on=page).status_code == 303
    assert name not in client.get("/staff/mentoring/forms").text
    assert name in client.get("/staff/mentoring/forms?state=dropped").text
    assert name in client.get(f"/staff/mentoring/forms?state=dropped&words={maren.name[:4].lower()}").text
    assert "No form is like that" in client.get("/staff/mentoring/forms?state=dropped&words=%25").text
    kept = signed(school, keiko, maren, session)
    client.submit(f"/staff/mentoring/forms/{kept}/drop", on=f"/staff/mentoring/forms/{name}")
    assert [str(one.state) for one in all_of(school, CoachingForm)] == ["dropped", "signed"]
