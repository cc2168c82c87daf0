"""A cohort's hours on one page: by kind, verified and waiting, beside what ICF asks of a program of its level."""

import csv
import io
from datetime import date, timedelta

import pytest

from accounts.models import User
from credentials.awarding import reverse
from credentials.mentor_coaching.keeping_mentors import withdraw_fact
from credentials.models import Kind, Mentor, MentorCredential
from credentials.providing.cohort_views import whole_cohort
from credentials.providing.counting import Amount, hours_of
from credentials.providing.requiring import asked_of
from credentials.reviewing import send_back
from credentials.rules import rule_book
from credentials.summing import CHECKED, WAITING, totals_of
from enrollment.models import Enrollment, Level
from foundation.db import db
from foundation.remembering import Remembering

QUALIFIED = {"credential": MentorCredential.PCC, "specialization": "PCC", "specialization_since": date(2026, 9, 1)}
"""Who may mentor by the rules of 2026, and by those from 2027 on."""


@pytest.fixture
def cohort(school):
    return school.cohort(starts_in=-200)


def trainee(school, cohort, name):
    """An enrollment; its person as `.who`."""
    user = school.user(name)
    made = school.enrollment(user, cohort)
    made.who = user
    return made


def test_a_cohort_shows_everybodys_hours_by_kind_verified_and_waiting(client, school, rosa, cohort):
    ana = trainee(school, cohort, "Ana Lima")
    school.checked(school.lesson_hours(ana, minutes=600, core=480), rosa)
    school.lesson_hours(ana, minutes=90, core=0, synchronous=False)
    school.coaching_session(ana.who, minutes=60)
    page = client.sign_in(rosa).get(f"/staff/accreditation/cohorts/{cohort.code}")
    assert page.status_code == 200
    rows = rows_of(client.get(f"/staff/accreditation/cohorts/{cohort.code}/hours.csv"))
    assert rows[0]["Trainee"] == "Ana Lima"
    told = {
        name: (int(rows[0][f"{name} verified (minutes)"]), int(rows[0][f"{name} waiting (minutes)"])) for name in PARTS
    }
    assert told == {
        "Education": (600, 90),
        "Core": (480, 0),
        "Resource": (120, 90),
        "Live": (600, 0),
        "Own study": (0, 90),
        "Mentor": (0, 0),
        "Coaching": (0, 60),
    }
    assert "11.5" in page.text
    assert "1.5 wait" in page.text


PARTS = ("Education", "Core", "Resource", "Live", "Own study", "Mentor", "Coaching")


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def test_the_cohorts_sums_are_the_trainees_own(school, rosa, cohort):
    """Checked, sent, logged, returned and taken back: one statement for all says what each one's own page says."""
    people = [trainee(school, cohort, name) for name in ("Ana", "Bo", "Cleo")]
    lines = {}
    for n, one in enumerate(people):
        lines[n] = [school.lesson_hours(one, minutes=60 + n * 15, synchronous=bool(k % 2)) for k in range(6)]
        school.checked(lines[n][0], rosa)
        school.checked(lines[n][1], rosa)
        school.coaching_session(one.who, minutes=45)
    school.lesson_hours(trainee(school, school.cohort(), "Elsewhere"), minutes=300)
    with school.app.app_context():
        for own in lines.values():
            send_back([own[2].public_id], db.session.merge(rosa), school.now(), reason="Which class was it?")
            for line in own[1:4]:
                reverse(db.session.merge(line), "Made twice", None, school.now())
        db.session.commit()
        enrollments = [db.session.get_one(Enrollment, one.id) for one in people]
        for user_id, found in hours_of(enrollments).items():
            totals = totals_of(user_id)
            assert found.education == amounts(totals, Kind.EDUCATION)
            assert found.live == amounts(totals, Kind.EDUCATION, synchronous=True)
            assert found.coaching == amounts(totals, Kind.COACHING) == Amount(0, 45)
            assert found.core.verified == totals.core_minutes(Kind.EDUCATION, CHECKED)
            assert found.core.waiting == totals.core_minutes(Kind.EDUCATION, WAITING)


def amounts(totals, kind, **cut):
    return Amount(totals.minutes(kind, CHECKED, **cut), totals.minutes(kind, WAITING, **cut))


def test_what_icf_asks_of_a_level_comes_from_the_rules(school):
    one, two = (asked_of(rule_book(), level, date(2026, 9, 1)) for level in (Level.LEVEL1, Level.LEVEL2))
    assert one.contact == (3600, 7440)
    assert two.contact == (7500, 10500)
    assert (two.share("provider.core_share_min"), two.share("provider.synchronous_share_min")) == (6000, 3750)
    assert one.share("provider.synchronous_share_min") == 0
    assert (one.observed, two.observed) == (5, 6)
    assert (one.evaluated_for, two.evaluated_for) == ("ACC", "PCC")
    assert asked_of(rule_book(), Level.CCE, date(2026, 9, 1)) is None


def test_who_lacks_what_is_said_and_found(client, school, rosa, cohort):
    ana, bo = trainee(school, cohort, "Ana Lima"), trainee(school, cohort, "Bo Sand")
    school.checked(school.lesson_hours(ana, minutes=6000, core=6000), rosa)
    school.checked(school.lesson_hours(ana, minutes=1500, core=0, synchronous=False), rosa)
    client.sign_in(rosa)
    page = client.get(f"/staff/accreditation/cohorts/{cohort.code}?shown=lacking").text
    assert "Mentor coaching: 10 h" in page
    assert "Observed sessions: 6 more" in page
    found = {row.name: [one.key for one in row.lacking] for row in judged(school, cohort)}
    assert found["Ana Lima"] == ["mentor", "one_to_one", "span", "observed", "written", "evaluation"]
    assert found["Bo Sand"][:3] == ["education", "core", "live"]
    assert client.get(f"/staff/accreditation/cohorts/{cohort.code}?words=bo").text.count("Ana Lima") == 0
    by_most = client.get(f"/staff/accreditation/cohorts/{cohort.code}?sort=-education").text
    assert by_most.index("Ana Lima") < by_most.index("Bo Sand")
    assert bo.who.name in by_most


def judged(school, cohort):
    with school.app.app_context():
        return whole_cohort(cohort.code).rows


def test_mentor_hours_count_by_the_mentor_of_the_day_and_groups_to_their_limit(school, cohort):
    ana = trainee(school, cohort, "Ana Lima")
    keiko = school.mentor("Keiko", **QUALIFIED)
    stranger = school.mentor("Nobody", credential=MentorCredential.NONE)
    today = school.now().date()
    for days in (120, 60, 20):
        school.mentor_session(ana.who, keiko, minutes=60, on=today - timedelta(days=days), observed=True)
    school.mentor_session(ana.who, keiko, minutes=540, mentees=6, on=today - timedelta(days=50))
    school.mentor_session(ana.who, stranger, minutes=120, on=today - timedelta(days=10))
    [row] = judged(school, cohort)
    checks = {one.key: one for one in row.checks}
    assert checks["mentor"].have.both == 180 + 420
    assert checks["one_to_one"].have.both == 180
    assert checks["span"].have.both == 3
    assert row.mentored.refused == 120
    assert row.observed.both == 3


def test_a_whole_cohort_costs_eight_statements_however_many_are_in_it(client, school, rosa, cohort, queries):
    keiko = school.mentor()
    for n in range(12):
        one = trainee(school, cohort, f"Trainee {n}")
        school.lesson_hours(one)
        school.mentor_session(one.who, keiko)
    client.sign_in(rosa)
    client.get(f"/staff/accreditation/cohorts/{cohort.code}")
    with queries() as asked:
        client.get(f"/staff/accreditation/cohorts/{cohort.code}")
    assert asked.count <= 8, asked.sent
    assert sum("sum(CAST(ledger_entry.minutes AS INTEGER))" in one for one in asked.sent) == 1


def test_the_roster_leads_to_the_hours_and_strangers_stay_out(client, school, rosa, cohort):
    assert (
        f"/staff/accreditation/cohorts/{cohort.code}" in client.sign_in(rosa).get(f"/staff/cohorts/{cohort.code}").text
    )
    assert client.get("/staff/accreditation/cohorts/nowhere").status_code == 404
    assert "Nobody is in this cohort yet" in client.get(f"/staff/accreditation/cohorts/{cohort.code}").text
    client.sign_in(school.user("Ana Lima"))
    assert client.get(f"/staff/accreditation/cohorts/{cohort.code}").status_code == 403


def test_a_program_without_a_level_is_asked_nothing(client, school, rosa):
    cohort = school.cohort(of=school.program(level=Level.NONE), starts_in=-20)
    trainee(school, cohort, "Ana Lima")
    page = client.sign_in(rosa).get(f"/staff/accreditation/cohorts/{cohort.code}").text
    assert "nothing is asked of it" in page
    assert "not asked" in page


def test_the_page_is_remembered_by_what_it_is_made_of(client, app, school, rosa, cohort):
    """Whatever happens to one of them: the page shows it at once, and says what the page made anew says."""
    ana, keiko = trainee(school, cohort, "Ana Lima"), school.mentor("Keiko", **QUALIFIED)
    line = school.lesson_hours(ana, minutes=600, core=480)
    client.sign_in(rosa)
    address = f"/staff/accreditation/cohorts/{cohort.code}"

    def shown(also=""):
        first, again = main_of(client.get(address + also)), main_of(client.get(address + also))
        app.jinja_env.extensions[Remembering.identifier].pieces.clear()
        assert first == again == main_of(client.get(address + also))
        return first

    def changed(what):
        before = shown()
        what()
        assert shown() != before

    changed(lambda: school.checked(line, rosa))
    changed(lambda: school.mentor_session(ana.who, keiko, minutes=60))
    changed(lambda: school.coaching_session(ana.who, minutes=45))
    changed(lambda: renamed(school, ana.who, "Ana Limão"))
    changed(lambda: without_facts(school, keiko, rosa))
    changed(lambda: trainee(school, cohort, "Bo Sand"))
    assert shown("?words=bo") != shown("?words=ana")
    assert "sort=-name" in shown("?sort=name")


def main_of(answer):
    return answer.text.partition("<main")[2].partition("</main>")[0]


def renamed(school, user, name):
    with school.app.app_context():
        db.session.get_one(User, user.id).name = name
        db.session.commit()


def without_facts(school, mentor, actor):
    """What the mentor held is withdrawn: their sessions count no more."""
    with school.app.app_context():
        for fact in list(db.session.get_one(Mentor, mentor.id).facts):
            withdraw_fact(fact, reason="Of another mentor", actor=db.session.merge(actor), at=school.now())
        db.session.commit()
