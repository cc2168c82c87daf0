from datetime import date

import pytest

from credentials.mentor_coaching.standing import sessions_with_standing, standing_on
from credentials.models import Mentor, MentorCredential
from credentials.profiling import records_of
from tests.credentials.test_holding import fact

YEAR_2026, YEAR_2027 = date(2026, 12, 31), date(2027, 1, 2)


def judged(school, user, day):
    with school.app.app_context():
        return [(one.standing, one.refused) for one in sessions_with_standing(records_of(user.id), day)]


def test_a_mentor_is_judged_by_what_they_held_on_that_day():
    facts = [fact("credential", "PCC"), fact("specialization", "PCC", date(2026, 9, 1))]
    mentor = Mentor(facts=facts)
    assert standing_on(mentor, date(2026, 8, 31)) == "PCC, no specialization on that day"
    assert standing_on(mentor, date(2026, 9, 1)) == "PCC, MCS-PCC"


def test_an_acc_who_has_not_renewed_does_not_count_and_the_page_says_why(client, school):
    user = school.user()
    school.mentor_session(user, school.mentor("Dov Halloran", credential=MentorCredential.ACC))
    page = client.sign_in(user).get("/hours/mentoring").get_data(as_text=True)
    assert "ACC, not renewed yet" in page
    assert "the mentor did not hold what ICF asks for on that day" in page


@pytest.mark.parametrize("on", [YEAR_2026, YEAR_2027])
def test_from_2027_a_mentor_without_the_specialization_does_not_count(school, on, monkeypatch):
    from datetime import UTC, datetime

    import credentials.mentor_coaching.logging_mentoring as verbs
    from foundation.db import db

    user, keiko = school.user(), school.mentor("Keiko Shimabukuro")
    with school.app.app_context():
        verbs.log_mentoring(
            db.session.merge(user), mentor=db.session.merge(keiko), on=on, minutes=60, mentees=1, observed=False,
            at=datetime(2027, 3, 1, tzinfo=UTC),
        )  # fmt: skip
        db.session.commit()
    [(_, refused)] = judged(school, user, date(2027, 3, 1))
    assert bool(refused["ACC"]) == (on == YEAR_2027)


def test_a_mentor_whom_a_trainee_brought_is_seen_by_that_trainee_alone(client, school):
    user = school.user()
    said = {"mentor": "", "mentor_name": "Own Mentor", "credential": "MCC", "on": "2026-10-01", "minutes": "60"}
    said |= {"company": "one", "specialization": ""}
    assert client.sign_in(user).submit("/hours/mentoring", said).status_code == 303
    assert "Own Mentor" in client.get("/hours/mentoring").get_data(as_text=True)
    assert "Own Mentor" not in client.sign_in(school.user()).get("/hours/mentoring").get_data(as_text=True)


def test_another_trainees_mentor_session_is_not_there(client, school):
    session = school.mentor_session(school.user("Owner"))
    client.sign_in(school.user("Stranger"))
    assert client.submit(f"/hours/mentoring/{session.public_id}/undo", on="/hours/mentoring").status_code == 404


def test_a_group_needs_its_size(client, school):
    school.mentor()
    said = {"company": "group", "on": "2026-10-01", "minutes": "60"}
    with_mentor = client.sign_in(school.user()).get("/hours/mentoring").get_data(as_text=True)
    name = with_mentor.split('<select id="mentor"')[1].split('value="')[1].split('"')[0]
    page = client.submit("/hours/mentoring", said | {"mentor": name}).get_data(as_text=True)
    assert "Say how many mentees" in page
