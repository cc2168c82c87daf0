"""In a real browser: a place in line, a letter with a seat, the seat bought; and a form that keeps what was typed."""

import re

import pytest
from playwright.sync_api import expect

from demo.logins import LOGINS
from tests.browser.test_whole_story import _pay_by_card

OWNER = dict(LOGINS)["staff and owner"]
EMAIL = "noemi.quiroga@example.com"
PASSWORD = "a small brass bell"


def test_whoever_waits_buys_the_seat_that_came_free(visit, running, sign_in, picture):
    page = visit(width=390)
    page.goto("/enroll/maple")
    page.get_by_role("link", name="Join the waitlist").click()
    page.get_by_label("Full name").fill("Noemí Quiroga")
    page.get_by_label("E-mail", exact=True).fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join the waitlist").click()
    expect(page.get_by_role("heading", name=re.compile("in line"))).to_be_visible()
    _a_seat_comes_free_for(visit(), sign_in, "Noemí Quiroga")
    _follow_the_letter(page, running)
    expect(page.get_by_text("This seat is held for you")).to_be_visible()
    picture(page, "waitlist-seat-390")
    page.get_by_label("I have read the enrollment agreement").check()
    page.get_by_role("button", name=re.compile("Go (to payment|on)")).last.click()
    page.wait_for_url(re.compile("/c/pay/"))
    _pay_by_card(page, "4242424242424242")
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_role("link", name="Go to your course")).to_be_visible(timeout=30_000)
    left = running.rows(
        "SELECT count(*) FROM seat JOIN cohort ON cohort.id = seat.cohort_id WHERE cohort.code = 'maple'"
        " AND seat.state = 'taken'"
    )
    assert left[0][0] <= 8, "never more than there are"


def _a_seat_comes_free_for(desk, sign_in, name):
    """Staff let her ahead with a reason, and somebody withdraws."""
    sign_in(desk, OWNER)
    desk.goto("/staff/cohorts/maple/waitlist")
    desk.get_by_role("link", name=f"Let {name} ahead").click()
    desk.get_by_label("Reason").fill("Was promised the next seat by us")
    desk.get_by_role("button", name="Let ahead").click()
    desk.goto("/staff/cohorts/maple?state=active")
    desk.get_by_role("link", name=re.compile("^Withdraw ")).first.click()
    desk.get_by_label("Reason").fill("A new post abroad")
    desk.get_by_role("button", name="Withdraw").click()
    desk.wait_for_url(re.compile("/staff/cohorts/maple"))


def _follow_the_letter(page, running):
    """As its reader would: the link of the newest letter that says a seat is held."""
    letters = page.locator("main li").filter(has_text=EMAIL).filter(has_text="A seat is held for you")
    for _ in range(120):
        page.goto(f"/dev/mail?q={EMAIL}")
        if letters.count():
            break
        page.wait_for_timeout(500)
    letters.first.locator("a[href^='/dev/mail/']").click()
    page.wait_for_load_state()
    found = re.search(rf"{re.escape(running.base)}/waitlist/places/[\w.~%-]+/accept", page.content())
    assert found, "the letter holds no link"
    page.goto(found.group(0))


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_a_week_or_a_code_that_is_tried_keeps_what_was_typed(visit, javascript):
    page = visit(javascript=javascript)
    page.goto("/enroll/rowan")
    page.get_by_label("Full name").fill("Sam Whitlock")
    page.get_by_label("E-mail", exact=True).fill("sam.w@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I have read the enrollment agreement").check()
    page.get_by_label("What if I stop").select_option("3")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_text("comes back if you ask by")).to_be_visible()
    page.get_by_label("Have a code?").fill("nope")
    page.get_by_role("button", name="See the price with it").click()
    expect(page.get_by_text("We don't know this code").first).to_be_visible()
    assert page.get_by_label("Full name").input_value() == "Sam Whitlock"
    assert page.get_by_label("E-mail", exact=True).input_value() == "sam.w@example.com"
    assert page.get_by_label("I have read the enrollment agreement").is_checked()
    assert page.get_by_label("Password").input_value() == (PASSWORD if javascript else "")
