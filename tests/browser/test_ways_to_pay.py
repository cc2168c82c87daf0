"""In a real browser: by instalments, by a bank that takes days, and with a code that leaves nothing to pay."""

import re

from playwright.sync_api import expect

from tests.browser.test_whole_story import _pay_by_card

PASSWORD = "a small brass bell"


def _fill_in(page, name, email):
    page.get_by_label("Full name").fill(name)
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I have read the enrollment agreement").check()


def test_by_instalments_with_every_day_and_sum_named_before_and_after(visit, running, picture):
    page = visit()
    page.goto("/enroll/rowan")
    picture(page, "ways-to-pay-1280")
    page.get_by_label(re.compile("^4 instalments")).check()
    _fill_in(page, "Ana Lima", "ana.lima@example.com")
    page.get_by_role("button", name=re.compile("Go to payment|Go on")).click()
    page.wait_for_url(re.compile("/c/pay/"))
    _pay_by_card(page, "4242424242424242")
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_role("link", name="Go to your course")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("row", name=re.compile("Instalment 1 of 4.*Paid"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Instalment 4 of 4.*Open"))).to_be_visible()
    picture(page, "order-instalments-1280")
    hers = """SELECT count(schedule_id) FROM enrollment_order JOIN "user" ON "user".id = user_id
        WHERE email = 'ana.lima@example.com'"""
    for _ in range(300):
        if running.rows(hers) == [(1,)]:
            break
        page.wait_for_timeout(100)
    assert running.rows(hers) == [(1,)]


def test_by_a_code_of_a_hundred_percent_with_no_charge(visit):
    page = visit(width=390)
    page.goto("/enroll/sorrel")
    page.get_by_label("Have a code?").fill("fullride26")
    page.get_by_role("button", name="See the price with it").click()
    expect(page.get_by_text("Nothing to pay, now or later.").first).to_be_visible()
    _fill_in(page, "Sam Whitlock", "sam.whitlock@example.com")
    page.get_by_role("button", name="Enroll: nothing to pay").click()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_role("heading", name="You are in")).to_be_visible()


def test_by_a_bank_that_takes_its_time(visit):
    page = visit(dark=True)
    page.goto("/enroll/rowan")
    _fill_in(page, "Jo Bell", "jo.bell@example.com")
    page.get_by_role("button", name=re.compile("Go to payment|Go on")).click()
    page.wait_for_url(re.compile("/c/pay/"))
    page.get_by_label(re.compile("Bank debit")).check()
    page.get_by_label("Account holder").fill("Jo Bell")
    page.get_by_label("Account number").fill("000123456789")
    page.get_by_role("button", name=re.compile(r"^\s*(Pay|Book|Complete)\b.*\d")).click()
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_role("heading", name="Your payment is on its way")).to_be_visible()
