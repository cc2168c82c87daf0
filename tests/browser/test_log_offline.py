"""The coaching log on a phone: a session logged without a network arrives once, and nothing is left behind."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.running import ROOT

PASSWORD = "a small brass bell"
WITHOUT_SYNC = "Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { get: () => undefined })"
SERVED = """navigator.serviceWorker.controller !== null || new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", () => done(true)))"""
KEPT = "caches.keys().then(names => names.filter(name => name.startsWith('practicum-log-')).length)"


@pytest.fixture
def phone(visit, sign_in, running):
    """`phone("Nadia")`: somebody new, who has opened the quick form once with a network."""

    def opened(name, background_sync=True):
        page, email = visit(width=390), f"{name.lower()}@example.com"
        command = [sys.executable, "-W", "ignore", "-m", "tests.browser.newcomer", email, name, PASSWORD]
        subprocess.run(command, cwd=ROOT, env=running.environment, check=True, timeout=300)
        if not background_sync:
            page.add_init_script(WITHOUT_SYNC)
        sign_in(page, email, PASSWORD)
        page.goto("/hours/log/quick")
        expect(page.get_by_role("button", name="Log it")).to_be_visible()
        assert page.evaluate(SERVED)
        return page, email

    return opened


def log(page, name, minutes="45 min"):
    page.get_by_label("Client", exact=True).select_option("")
    page.get_by_label("New client's name").fill(name)
    page.get_by_label(minutes).check()
    page.get_by_role("button", name="Log it").click()


def in_the_log(running, email):
    query = (
        'SELECT s.minutes FROM coaching_session s JOIN "user" u ON u.id = s.user_id WHERE u.email = %s ORDER BY s.id'
    )
    return [minutes for (minutes,) in running.rows(query, email)]


def waits(page, words):
    expect(page.get_by_role("heading", name=words)).to_be_visible()


def has_arrived(page):
    expect(page.get_by_role("heading", name="In your log now")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("on this phone"))).to_be_hidden()


def test_sessions_logged_without_a_network_wait_on_the_phone_and_arrive_once(phone, running, picture):
    page, email = phone("Nadia")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("No network").first).to_be_visible()
    log(page, "Wren Castellanos")
    waits(page, "1 session waits on this phone")
    page.get_by_label("Client", exact=True).select_option("Wren Castellanos (new, waits here)")
    page.get_by_label("90 min").check()
    page.get_by_role("button", name="Log it").click()
    waits(page, "2 sessions wait on this phone")
    page.reload()
    waits(page, "2 sessions wait on this phone")
    picture(page, "log-offline-390")
    assert in_the_log(running, email) == []
    page.context.set_offline(False)
    has_arrived(page)
    page.reload()
    page.goto("/hours/log")
    assert in_the_log(running, email) == [45, 90]
    assert running.rows(
        'SELECT count(*) FROM client c JOIN "user" u ON u.id = c.user_id WHERE u.email = %s', email
    ) == [(1,)]
    page.complaints.clear()  # the browser notes each request that found no network


def test_where_the_answer_is_lost_the_session_is_asked_for_again_and_stands_once(phone, running):
    page, email = phone("Tomas", background_sync=False)

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/hours/log/phone", lose)
    log(page, "Wren Castellanos")
    expect(page.get_by_text("Sent, and no answer came")).to_be_visible()
    assert in_the_log(running, email) == [45]
    page.unroute("**/hours/log/phone")
    page.reload()
    has_arrived(page)
    assert in_the_log(running, email) == [45]
    page.complaints.clear()


def test_the_logs_own_form_sent_into_no_network_is_kept_and_arrives(phone, running):
    page, email = phone("Ines")
    page.goto("/hours/log")
    page.context.set_offline(True)
    page.get_by_label("New client's name").fill("Wren Castellanos")
    page.get_by_label("30 min").check()
    page.get_by_role("button", name="Log it").click()
    waits(page, "1 session waits on this phone")
    page.context.set_offline(False)
    has_arrived(page)
    assert in_the_log(running, email) == [30]
    page.complaints.clear()


def test_what_the_school_refuses_comes_back_beside_the_entry_and_is_mended_there(phone, running):
    page, email = phone("Oluwaseun", background_sync=False)
    page.context.set_offline(True)
    page.get_by_label("Day").fill("1989-12-31")
    log(page, "Wren Castellanos")
    waits(page, "1 session waits on this phone")
    page.context.set_offline(False)
    expect(page.get_by_text("Look at the year again.").first).to_be_visible()
    assert in_the_log(running, email) == []
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Day")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("New client's name")).to_have_value("Wren Castellanos")
    page.get_by_label("Day").fill("2026-03-14")
    page.get_by_role("button", name="Log it").click()
    has_arrived(page)
    assert in_the_log(running, email) == [45]
    page.complaints.clear()


def test_signed_out_meanwhile_it_is_kept_sealed_and_sent_after_the_next_sign_in(phone, sign_in, running):
    page, email = phone("Hana", background_sync=False)
    page.context.set_offline(True)
    log(page, "Wren Castellanos")
    waits(page, "1 session waits on this phone")
    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(page.get_by_text("You are signed out")).to_be_visible()
    expect(page.get_by_text("1 session waits on this phone").first).to_be_visible()
    assert "Wren" not in page.content()
    sign_in(page, email, PASSWORD)
    page.goto("/hours/log/quick")
    has_arrived(page)
    assert in_the_log(running, email) == [45]
    page.complaints.clear()


def test_signing_out_leaves_no_page_no_name_and_no_key_on_the_phone(phone, running):
    page, _ = phone("Mirela")
    assert page.evaluate(KEPT) == 1
    page.goto("/hours/log")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{running.base}/")
    assert page.evaluate(KEPT) == 0
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    look = """() => new Promise((done) => {
        const asked = indexedDB.open("practicum-log");
        asked.onsuccess = () => {
            const all = asked.result.transaction("person").objectStore("person").getAll();
            all.onsuccess = () => done(all.result.length);
        };
    })"""
    assert page.evaluate(look) == 0
