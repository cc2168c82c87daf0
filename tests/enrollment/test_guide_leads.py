import csv
import io

import pytest

from enrollment import inquiring
from enrollment.leads import GuideRequest
from foundation.db import db


@pytest.fixture
def staff(client, school):
    return client.sign_in(school.user("Ada Admissions", "admissions"))


def test_only_admissions_and_editors_see_leads(client, school):
    assert client.get("/staff/leads").status_code == 303
    client.sign_in(school.user("Rosa", "registrar"))
    assert client.get("/staff/leads").status_code == 403
    assert client.get("/staff/leads.csv").status_code == 403


def test_an_empty_list_says_who_would_be_in_it(staff):
    assert "No leads yet" in staff.get("/staff/leads").get_data(as_text=True)


def test_leads_are_searched_filtered_and_sorted(staff, school):
    school.guide_request("Zoe", "zoe@example.com")
    school.guide_request("Ana", "ana@example.com", suspicion="the hidden field was filled in")
    everything = staff.get("/staff/leads?sort=name").get_data(as_text=True)
    assert everything.index("ana@example.com") < everything.index("zoe@example.com")
    assert "zoe@example.com" not in staff.get("/staff/leads?state=suspect").get_data(as_text=True)
    assert "ana@example.com" not in staff.get("/staff/leads?q=ZOE").get_data(as_text=True)
    assert "Nobody fits" in staff.get("/staff/leads?q=%25").get_data(as_text=True)
    assert staff.get("/staff/leads?state=x&sort=y&page=0").status_code == 200


def test_the_csv_holds_what_is_on_the_screen_and_no_formula(staff, school):
    school.guide_request("=HYPERLINK(1)", "odd@example.com")
    school.guide_request("Zoe", "zoe@example.com")
    answer = staff.get("/staff/leads.csv?q=odd")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["Name", "'=HYPERLINK(1)"]


def test_a_lead_s_page_tells_the_whole_story(staff, school, mailbox, app):
    asked = school.guide_request("Zoe", "zoe@example.com", news=True, page="footer")
    mailbox.deliver()
    with app.app_context():
        ask = db.session.get(GuideRequest, asked.id)
        inquiring.confirm(ask, at=school.now())
        public_id = ask.lead.public_id
        db.session.commit()
    page = staff.get(f"/staff/leads/{public_id}").get_data(as_text=True)
    for happening in ("Asked for the guide", "Letter sent", "Confirmed the address", "Consent to news given"):
        assert happening in page
    assert "at most twice a month" in page


def test_a_lead_s_page_says_that_mail_to_it_is_stopped(staff, school, mailbox, app):
    asked = school.guide_request("Zoe", "zoe@example.com")
    mailbox.refuse_recipient = lambda _: "550 5.1.1 no such user"
    mailbox.deliver()
    with app.app_context():
        public_id = db.session.get(GuideRequest, asked.id).lead.public_id
    page = staff.get(f"/staff/leads/{public_id}").get_data(as_text=True)
    assert "Letter not delivered" in page and "Mail stopped" in page


def test_a_lead_that_is_not_there_is_404(staff):
    assert staff.get("/staff/leads/nobody").status_code == 404


def test_the_pages_send_few_statements(staff, school, queries):
    asked = [school.guide_request(f"Reader {n}") for n in range(12)]
    for address in ("/staff/leads", "/staff/leads.csv"):
        with queries() as seen:
            staff.get(address)
        assert seen.count <= 8, seen.sent
    with school.app.app_context():
        public_id = db.session.get(GuideRequest, asked[0].id).lead.public_id
    with queries() as seen:
        staff.get(f"/staff/leads/{public_id}")
    assert seen.count <= 8, seen.sent
