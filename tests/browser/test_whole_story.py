"""The whole story in a real browser: from the free guide to a certificate that anybody can verify."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from demo.logins import LOGINS
from tests.running import ROOT

LOGIN = dict(LOGINS)
NAME, EMAIL, PASSWORD = "Noémi Vašková", "noemi.vaskova@example.com", "a small brass bell"


@pytest.fixture(scope="module")
def small_school(running):
    command = [sys.executable, "-W", "ignore", "-m", "tests.browser.small_school"]
    subprocess.run(command, cwd=ROOT, env=running.environment, check=True, capture_output=True, timeout=300)


def test_a_visitor_asks_for_the_guide_gets_the_letter_and_confirms_with_one_button(visit, picture, running):
    page = visit()
    page.goto("/")
    picture(page, "home-1280")
    footer = page.get_by_role("contentinfo")
    footer.get_by_label("Your first name").fill("Noémi")
    footer.get_by_label("Your e-mail address").fill("not an address")
    page.wait_for_timeout(2100)
    footer.get_by_role("button", name="Send me the guide").click()
    expect(footer.get_by_text("can't be right")).to_be_visible()
    expect(footer.get_by_label("Your first name")).to_have_value("Noémi")
    footer.get_by_label("Your e-mail address").fill(EMAIL)
    footer.get_by_role("button", name="Send me the guide").click()
    expect(footer.get_by_role("link", name=re.compile("where", re.I)).first).to_be_visible()
    link = _link_in_letter(page, running, EMAIL, "/guide/")
    page.goto(link)
    picture(page, "guide-1280")
    with page.expect_download() as download:
        page.get_by_role("button", name="Confirm and download the guide").click()
    assert download.value.suggested_filename.endswith(".pdf")
    confirmed = "SELECT count(*) FROM guide_request g JOIN lead l ON l.id = g.lead_id"
    confirmed += " WHERE l.email = %s AND g.confirmed_at IS NOT NULL"
    for _ in range(300):
        if running.rows(confirmed, EMAIL) == [(1,)]:
            break
        page.wait_for_timeout(100)
    assert running.rows(confirmed, EMAIL) == [(1,)]


def test_she_enrolls_pays_studies_and_graduates_and_anybody_can_verify_it(
    visit, sign_in, picture, running, small_school
):
    page = visit()
    _enroll_and_pay(page, picture)
    _study(page, picture)
    staff = visit()
    sign_in(staff, LOGIN["staff and owner"])
    _mark_her_present(staff, picture)
    _see_her_hours(page, picture)
    _approve_her_hours(staff, picture)
    number = _graduate(staff, picture, running)
    _anybody_verifies(visit(width=390), number, picture)
    assert running.rows(
        "SELECT count(*) FROM receipt r JOIN enrollment_order o ON o.id = r.order_id"
        ' JOIN "user" u ON u.id = o.user_id WHERE u.email = %s',
        EMAIL,
    ) == [(1,)]


def _link_in_letter(page, running, address, path):
    """Follows the newest letter to an address, as a reader of it would."""
    for _ in range(120):
        page.goto(f"/dev/mail?q={address}")
        hers = page.locator("main li").filter(has_text=address).filter(has_text=re.compile("guide", re.I))
        letters = hers.locator("a[href^='/dev/mail/']")
        if letters.count():
            break
        page.wait_for_timeout(500)
    letters.first.click()
    page.wait_for_load_state()
    found = re.search(rf"{re.escape(running.base)}{path}[\w.~%-]+", page.content())
    assert found, "the letter holds no link"
    return found.group(0).replace("&amp;", "&")


def _enroll_and_pay(page, picture):
    page.goto("/programs/one-day")
    page.get_by_role("link", name="Today").first.click()
    page.get_by_role("link", name="Enroll").first.click()
    picture(page, "enroll-1280")
    page.get_by_label("Full name").fill(NAME)
    page.get_by_label("E-mail").first.fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Go to payment")).click()
    expect(page.get_by_text("Tick this once you have read").first).to_be_visible()
    expect(page.get_by_label("Full name")).to_have_value(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I have read the enrollment agreement").check()
    page.get_by_role("button", name=re.compile("Go to payment")).click()
    page.wait_for_url(re.compile("/c/pay/"))
    picture(page, "local-stripe-1280")
    _pay_by_card(page, "4000000000000002")
    expect(page.get_by_text(re.compile("declined", re.I)).first).to_be_visible()
    _pay_by_card(page, "4242424242424242")
    page.wait_for_url(re.compile("/orders/"))
    expect(page.get_by_role("link", name="Go to your course")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name=re.compile("Receipt"))).to_be_visible()
    picture(page, "order-1280")


def _pay_by_card(page, number):
    page.get_by_label("Card number").fill(number)
    page.get_by_label(re.compile("^Expir")).fill("12 / 34")
    page.get_by_label(re.compile("CVC")).fill("123")
    name = page.get_by_label(re.compile("Name on card|Cardholder"))
    if name.count():
        name.first.fill(NAME)
    if page.get_by_label(re.compile("ZIP|Postal")).count():
        page.get_by_label(re.compile("ZIP|Postal")).first.fill("94103")
    page.get_by_role("button", name=re.compile(r"^\s*(Pay|Book|Complete)\b.*\d")).click()


def _study(page, picture):
    page.get_by_role("link", name="Go to your course").click()
    picture(page, "learn-1280")
    page.get_by_role("link", name=re.compile("Sitting down")).first.click()
    expect(page.get_by_role("heading", name="Sitting down", level=1)).to_be_visible()
    picture(page, "lesson-1280")
    page.get_by_role("button", name=re.compile("Complete")).click()
    expect(page.get_by_role("heading", name="Whose subject", level=1)).to_be_visible()
    page.get_by_role("button", name=re.compile("answers|Check|Send", re.I)).first.click()
    expect(page.get_by_text(re.compile("answer", re.I)).first).to_be_visible()
    page.get_by_label("The client's", exact=True).check()
    page.get_by_role("button", name=re.compile("answers|Check|Send", re.I)).first.click()
    expect(page.get_by_text("The client brings the subject.")).to_be_visible()


def _mark_her_present(staff, picture):
    staff.goto("/staff/classes")
    picture(staff, "classes-1280")
    staff.get_by_role("link", name=re.compile("A morning together")).first.click()
    staff.get_by_role("button", name=re.compile("All present")).click()
    expect(staff.get_by_text(re.compile("1 of 1 marked")).first).to_be_visible()


def _see_her_hours(page, picture):
    page.goto("/hours")
    picture(page, "hours-1280")
    body = page.get_by_role("main")
    for title in ("Sitting down", "Whose subject", "A morning together"):
        expect(body.get_by_text(title).first).to_be_visible()


def _approve_her_hours(staff, picture):
    staff.goto("/staff/hours?words=Noémi")
    picture(staff, "staff-queue-1280")
    expect(staff.get_by_text("3 clean lines")).to_be_visible()
    staff.get_by_role("button", name=re.compile("Approve all 3")).click()
    expect(staff.get_by_text(re.compile("approved", re.I)).first).to_be_visible()


def _graduate(staff, picture, running):
    staff.goto("/staff/certificates")
    row = staff.get_by_role("row").filter(has_text=NAME)
    row.get_by_role("button", name=re.compile("Issue the certificate")).click()
    expect(staff.get_by_text(re.compile(r"[A-Z]{2,4}-\d{4}-[0-9A-Z]{4}-")).first).to_be_visible()
    picture(staff, "certificates-1280")
    query = 'SELECT c.number FROM certificate c JOIN "user" u ON u.id = c.user_id WHERE u.email = %s'
    ((number,),) = running.rows(query, EMAIL)
    return str(number)


def _anybody_verifies(page, number, picture):
    page.goto(f"/verify/{number.lower()}")
    expect(page.get_by_role("heading", name="Valid certificate")).to_be_visible()
    expect(page.get_by_text(NAME)).to_be_visible()
    picture(page, "verify-390")
    page.goto(f"/verify/{number[:-1]}{'A' if number[-1] != 'A' else 'B'}")
    expect(page.get_by_role("heading", name="Unknown number")).to_be_visible()
    page.complaints.clear()  # an unknown number answers 404, as it should
