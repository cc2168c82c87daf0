import pytest

from foundation.audit import record
from foundation.db import db
from foundation.escalating import StaffTask, escalate
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
    assert "A payment does not fit" in client.get("/staff").text
    refused = client.submit(f"/staff/tasks/{task}/resolve", {"note": ""}, on="/staff")
    assert refused.status_code == 422
    assert "Say in a few words" in refused.text
    client.submit(f"/staff/tasks/{task}/resolve", {"note": "Called her; all is well."}, on="/staff")
    assert "A payment does not fit" not in client.get("/staff").text


def test_an_instructor_sees_the_desk_but_not_what_others_decide(client, school, task):
    client.sign_in(school.user("Rafael", "instructor"))
    page = client.get("/staff")
    assert page.status_code == 200
    assert "A payment does not fit" not in page.text
    assert client.get("/staff/people").status_code == 403


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
    assert asked.count <= 9, "eight, and the one that knows who is asking"
    for words in ("Maren Oyelaran", "Hazel cohort", "user: looked at"):
        assert words in page.text
    assert client.get("/staff/people/999999").status_code == 404


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
