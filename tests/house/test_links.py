"""No link leads nowhere: each page that a person can reach from her first one is there."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest

from accounts.identifying import find_by_email, grant
from accounts.models import RoleName, User
from credentials import certifying
from enrollment.models import Enrollment
from foundation.db import db
from foundation.escalating import escalate

MOST = 500
ELSEWHERE = ("/static/", "/dev/", "/c/pay/")


def crawl(client, *first):
    """Every address reached from the first ones, with what was answered and where it was found."""
    waiting, answers = [(address, "the start") for address in first], {}
    while waiting:
        address, found_on = waiting.pop(0)
        if address in answers or address.startswith(ELSEWHERE):
            continue
        assert len(answers) < MOST, "the crawl does not end: some list of links grows without end"
        answer = client.get(address)
        answers[address] = (answer.status_code, found_on)
        if 300 <= answer.status_code < 400:
            waiting += [(path, address) for path in _ours([answer.location], address)]
        elif answer.mimetype == "text/html":
            waiting += [(path, address) for path in _ours(_ways_on(answer.text), address)]
    return answers


def _ways_on(html):
    """The links of a page and the actions of its forms that only ask."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for node in root.iter():
        if node.tag in {"a", "area"} and node.get("href"):
            yield node.get("href")
        if node.tag == "form" and (node.get("method") or "get").lower() == "get":
            yield node.get("action")


def _ours(links, page):
    for link in links:
        parts = urlsplit(urljoin(f"http://localhost{page}", link))
        if parts.scheme in {"http", "https"} and parts.hostname in {"localhost", "127.0.0.1"}:
            yield urldefrag(parts.path + (f"?{parts.query}" if parts.query else "")).url


def astray(answers):
    return {address: told for address, told in answers.items() if told[0] >= 400}


@pytest.fixture
def full_school(school, app):
    """A school in which every room has something to show."""
    cohort = school.cohort(of=school.course(school.program(slug="practitioner"), "One", "Two"), code="hazel")
    trainee = school.user("Maren Oyelaran")
    school.lesson_hours(school.enrollment(trainee, cohort))
    school.live_class(cohort)
    school.coaching_session(trainee)
    school.mentor_session(trainee)
    school.mentor_booking(trainee, school.mentor_slot(school.mentor_account(), places=2))
    school.order(school.user("Wei Jie Lim"), cohort)
    school.guide_request()
    school.letter()
    return {"trainee": trainee, "graduate": _graduate(school, app)}


def _graduate(school, app):
    enrollment = school.graduate_to_be("Siobhán Ní Dhúill")
    with app.app_context():
        staff = find_by_email(school.user("Rosa", "registrar", email="rosa@example.com").email)
        certifying.issue(db.session.get(Enrollment, enrollment.id), staff, school.now())
        graduate = db.session.get(User, enrollment.user_id)
        grant(graduate, RoleName.GRADUATE, at=school.now())
        escalate("order.review", subject=graduate, summary="Look at this", dedupe="x", at=school.now())
        db.session.commit()
        db.session.refresh(graduate)
        db.session.expunge_all()
    school.story(graduate)
    school.coach_profile(graduate)
    return graduate


def test_every_link_a_visitor_finds_leads_somewhere(client, full_school):
    answers = crawl(client, "/", "/sitemap.xml", "/nowhere-at-all")
    assert astray(answers) == {"/nowhere-at-all": (404, "the start")}
    assert {"/programs/practitioner", "/spotlight", "/coaches", "/guide", "/login", "/register"} <= set(answers)


@pytest.mark.parametrize("who", ["trainee", "graduate"])
def test_every_link_a_trainee_or_graduate_finds_leads_somewhere(client, full_school, who):
    client.sign_in(full_school[who])
    answers = crawl(client, "/", "/learn", "/hours", "/account")
    assert astray(answers) == {}
    assert {"/hours/log", "/account/payments", "/change"} <= set(answers)


ROLES = ["owner", "registrar", "admissions", "finance", "editor", "instructor", "mentor"]


@pytest.mark.parametrize("role", ROLES)
def test_every_link_that_staff_are_shown_lets_them_in(client, school, full_school, role):
    client.sign_in(school.user("Ingrid Solheim", role))
    answers = crawl(client, "/staff", "/account")
    assert astray(answers) == {}
    assert len(answers) > 20
