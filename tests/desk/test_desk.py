import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from desk.leading import ABOUT
from foundation.audit import record
from foundation.db import db
from foundation.escalating import StaffTask, escalate, resolve
from foundation.filters import shown_date
from tests.inspecting import inspect_page


@pytest.fixture
def task(app, school):
    person = school.user("Wulandari")
    with app.app_context():
        escalate("order.review", subject=person, summary="A payment does not fit", dedupe="x", at=school.now())
        escalate("order.review", subject=person, summary="A payment does not fit", dedupe="x", at=school.now())
        db.session.commit()
        return db.session.query(StaffTask).one().id


def test_what_only_a_person_can_decide_waits_on_the_desk_until_somebody_says_what_was_decided(client, school, task):
    client.sign_in(school.user("Ingrid", "owner"))
    page = client.get("/staff").text
    assert "A payment does not fit" in page
    assert "<span>Payment</span>" in page
    assert "order.review" not in page
    refused = client.submit(f"/staff/tasks/{task}/resolve", {"note": ""}, on="/staff")
    assert refused.status_code == 422
    assert "Say in a few words" in refused.text
    client.submit(f"/staff/tasks/{task}/resolve", {"note": "Called her; all is well."}, on="/staff")
    assert "A payment does not fit" not in client.get("/staff").text


def test_a_decision_leads_to_the_page_of_what_it_is_about(client, school, task):
    client.sign_in(school.user("Ingrid", "owner"))
    address = re.search(r'href="([^"]+)">A payment does not fit', client.get("/staff").text)[1]
    assert "Wulandari" in client.get(address).text


def test_an_instructor_sees_the_desk_but_not_what_others_decide(client, school, task):
    client.sign_in(school.user("Rafael", "instructor"))
    page = client.get("/staff")
    assert page.status_code == 200
    assert "A payment does not fit" not in page.text
    assert 'href="/staff/classes"' in page.text
    assert client.get("/staff/people").status_code == 403
    assert client.submit(f"/staff/tasks/{task}/resolve", {"note": "x"}, on="/account").status_code == 403


def test_a_decision_can_be_taken_back_by_whoever_made_it_for_a_few_seconds(client, school, task, app):
    client.sign_in(school.user("Ingrid", "owner"))
    decided = client.submit(f"/staff/tasks/{task}/resolve", {"note": "Too quick"}, on="/staff", follow_redirects=True)
    assert f'action="/staff/tasks/{task}/undo"' in decided.text
    other = app.test_client().sign_in(school.user("Beatriz", "registrar"))
    refused = other.submit(f"/staff/tasks/{task}/undo", on="/account", follow_redirects=True)
    assert "by somebody else" in refused.text
    assert "A payment does not fit" not in client.get("/staff").text
    for _ in range(2):
        client.submit(f"/staff/tasks/{task}/undo", on="/account")
        assert "A payment does not fit" in client.get("/staff").text


def test_a_decision_of_yesterday_is_not_taken_back(client, school, task, app):
    owner = school.user("Ingrid", "owner")
    with app.app_context():
        resolve(db.session.get(StaffTask, task), actor=owner, at=school.now() - timedelta(days=1), note="Done")
        db.session.commit()
    client.sign_in(owner)
    answer = client.submit(f"/staff/tasks/{task}/undo", on="/account", follow_redirects=True)
    assert "too long ago" in answer.text


def test_a_refused_note_stays_in_its_place(client, school, task):
    client.sign_in(school.user("Ingrid", "owner"))
    page = client.submit(f"/staff/tasks/{task}/resolve", {"note": "n" * 301}, on="/staff")
    assert page.status_code == 422
    assert "n" * 301 in page.text
    assert f'id="note-{task}-error"' in page.text
    assert client.submit("/staff/tasks/999/resolve", {"note": "x"}, on="/staff").status_code == 404


def test_the_menu_says_how_much_waits_and_only_to_whoever_decides_it(client, school, task):
    client.sign_in(school.user("Ingrid", "owner"))
    page = " ".join(client.get("/staff/people").text.split())
    assert '<span>Desk</span> <span class="badge">1<span class="vh"> waiting</span></span>' in page
    assert [line in page for line in ('id="desk-hours">Hours', 'id="desk-money">Money')] == [True, True]
    client.sign_in(school.user("Rafael", "instructor"))
    page = client.get("/staff/classes").text
    assert "badge" not in page
    assert [line in page for line in ('id="desk-teaching">Teaching', "desk-money")] == [True, False]


def test_of_the_queues_the_one_that_waits_longest_comes_first_and_says_since_when(client, school):
    maren, before = school.user("Maren"), school.now() - timedelta(days=3)
    with time_machine.travel(before, tick=False):
        school.prior_claim(maren)
    school.lesson_hours(school.enrollment(maren, school.cohort()))
    client.sign_in(me := school.user("Beatriz", "registrar"))
    page = client.get("/staff").text
    page = page[page.index('class="stats"') :]
    assert page.index("Prior learning</a>") < page.index("Hours to review</a>") < page.index("nothing waits")
    for day in (before, school.now()):
        assert f"since {shown_date(day, 'medium', me.time_zone)}" in page


def test_people_are_sorted_both_ways_on_the_screen_and_in_the_file(client, school):
    client.sign_in(school.user("Beatriz", "registrar", email="z@example.com"))
    school.user("Zofia", email="a@example.com")
    school.user("=cmd|' /C calc'!A0", email="m@example.com")

    def order(address):
        text = client.get(address).text
        return sorted(("Beatriz", "Zofia", "cmd|"), key=text.rindex)

    assert order("/staff/people") == ["cmd|", "Beatriz", "Zofia"]
    assert order("/staff/people?sort=email&format=csv") == ["Zofia", "cmd|", "Beatriz"]
    assert order("/staff/people?sort=-email&format=csv") == ["Beatriz", "cmd|", "Zofia"]
    assert client.get("/staff/people?sort=nonsense&page=99&role=pilot").status_code == 200
    assert "'=cmd" in client.get("/staff/people?format=csv").text, "a spreadsheet must not run a name"
    assert 'aria-sort="descending"' in client.get("/staff/people?sort=-since").text


def test_a_trainee_does_not_enter_the_desk(client, school):
    client.sign_in(school.user("Maren"))
    assert client.get("/staff").status_code == 403


def test_people_are_found_by_name_address_and_role_and_taken_away_as_csv(client, school):
    client.sign_in(school.user("Beatriz", "registrar"))
    school.user("Þórunn Ísleifsdóttir", email="thorunn@example.com")
    school.user("Dov Halloran", "mentor")
    assert "Þórunn" in client.get("/staff/people?q=ísleifs").text
    assert "Þórunn" not in client.get("/staff/people?role=mentor").text
    assert "Nobody found" in client.get("/staff/people?q=zzz").text
    assert "thorunn@example.com" in client.get("/staff/people?format=csv").text


def test_a_persons_page_shows_enrollments_hours_money_mail_and_log(client, school, app, queries):
    client.sign_in(school.user("Beatriz", "registrar"))
    trainee = school.user("Maren Oyelaran")
    school.enrollment(trainee, school.cohort(title="Hazel cohort"))
    with app.app_context():
        record("user.looked_at", subject=trainee, at=school.now(), why="a test")
        db.session.commit()
    with queries() as asked:
        page = client.get(f"/staff/people/{trainee.id}")
    assert asked.count <= 8, "\n".join(asked.sent)
    for words in ("Maren Oyelaran", "Hazel cohort", "user: looked at"):
        assert words in page.text
    assert client.get("/staff/people/999999").status_code == 404


def test_a_persons_page_says_nothing_of_her_clients_and_tells_what_was_done_at_once_in_one_line(client, school, app):
    trainee = school.user("Maren Oyelaran")
    known = school.coached_client(trainee, name="Wren Castellanos")
    school.coaching_session(trainee, known)
    with app.app_context():
        at = school.now()
        for _ in range(3):
            record("user.looked_at", subject=trainee, at=at, why="a test")
        db.session.commit()
    for role in ("registrar", "finance", "admissions", "owner"):
        client.sign_in(school.user("Somebody", role))
        page = client.get(f"/staff/people/{trainee.id}").text
        assert "user: looked at, 3 times" in page
        for secret in ("Wren", "wren@example.com", "client: added"):
            assert secret not in page


def test_only_who_may_open_an_order_or_a_letter_is_led_to_it(client, school):
    trainee = school.user("Maren Oyelaran", email="maren@example.com")
    order = school.order(trainee, school.cohort())
    letter = school.letter("maren@example.com")
    for role, money, mail in (("finance", True, False), ("registrar", False, True), ("owner", True, True)):
        client.sign_in(school.user("Somebody", role))
        page = client.get(f"/staff/people/{trainee.id}").text
        assert (f"/staff/orders/{order.public_id}" in page) == money
        assert (f"/staff/letters/{letter.public_id}" in page) == mail


def test_the_desk_asks_little(client, school, queries):
    client.sign_in(school.user("Ingrid", "owner"))
    with queries() as asked:
        client.get("/staff")
    assert asked.count <= 8


def test_the_inspector_of_pages_can_fail():
    sound = '<!doctype html><html lang="en"><head><title>A</title></head><body><h1>A</h1>{}</body></html>'
    inspect_page(sound.format(""))
    for fault in ("<h1>B</h1>", '<input name="x">', "<img src=x>", "<form></form>", "<script>1</script>", "<p></b>"):
        with pytest.raises(AssertionError):
            inspect_page(sound.format(fault))


def test_every_task_says_in_the_schools_words_what_it_is_about():
    root = Path(__file__).parents[2]
    rooms = ("accounts", "courseware", "credentials", "enrollment", "mail", "payments", "tasks")
    sources = [path.read_text("utf-8") for room in rooms for path in (root / room).rglob("*.py")]
    calls = [piece[:400] for source in sources for piece in source.split("escalate(")[1:]]
    kinds = {found.group(1) for call in calls if (found := re.match(r'[^()]*?"([a-z]+)\.[a-z_]+"', call))}
    assert {"order", "mail", "refund"} <= kinds <= ABOUT.keys()


def test_staff_are_not_led_to_pages_that_a_draft_has_not_yet_or_that_are_not_theirs(client, school):
    draft = school.cohort(is_published=False)
    client.sign_in(school.user("Ingrid", "owner"))
    for page in (f"/staff/prices/cohorts/{draft.code}", f"/staff/cohorts/{draft.code}/waitlist"):
        assert f"/cohorts/{draft.code}" in client.get(page).text
        assert not re.search(rf'href="/(enroll|programs)/[^"]*{draft.code}', client.get(page).text)
    client.sign_in(school.user("Noor", "instructor"))
    assert "/staff/orders" not in client.get(f"/staff/cohorts/{draft.code}").text
