"""Every page that somebody can reach by following links, on a phone in the dark: one address of each kind."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error
from werkzeug.exceptions import HTTPException

from demo.logins import LOGINS
from tests.browser.test_axe import GRADUATE, RULES, STAFF, TRAINEE, VISITOR

LOGIN = dict(LOGINS)
STARTS = {
    "trainee": ["/learn", "/hours", "/account"],
    "graduate": ["/hours", "/account", "/learn"],
    "staff and owner": ["/staff"],
}
LISTED = {*VISITOR, *TRAINEE, *GRADUATE, *STAFF}
"""What axe reads already, wide and narrow."""
LEFT_OUT = ("/static/", "/dev/", "/logout", "/c/pay/")
NOT_ONES_OWN = ("staff_mail.letter", "staff_mail.letter_html")
"""A letter leads to what is its reader's alone."""
LINKS = "nodes => nodes.filter(n => !n.hasAttribute('download')).map(n => n.href)"


@pytest.mark.parametrize("who", STARTS)
def test_no_page_that_can_be_reached_keeps_anybody_out(app, running, visit, sign_in, who):
    page = visit(width=390, dark=True)
    sign_in(page, LOGIN[who])
    faults, read = {}, set()
    waiting = list(STARTS[who])
    while waiting:
        address = waiting.pop(0)
        page.complaints.clear()
        kind = kind_of(app, address)
        if kind is None or kind in read or not opened(page, address):
            continue
        read.add(kind)
        if kind not in NOT_ONES_OWN:
            waiting += [link.removeprefix(running.base) for link in page.eval_on_selector_all("a[href]", LINKS)]
        complaints, known = [*page.complaints], urlsplit(address).path in LISTED
        page.complaints.clear()
        if known and not complaints:
            continue
        found = Axe().run(page, options=RULES).response["violations"]
        said = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            said.append("scrolls sideways")
        page.complaints.clear()  # axe itself styles what it measures
        if said or complaints:
            faults[address] = said + complaints
    assert not faults
    assert len(read) > 15


def kind_of(app, address):
    """The route behind an address of ours; None for what is elsewhere, left out or no page."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/") or parts.path.startswith(LEFT_OUT):
        return None
    try:
        return app.url_map.bind("localhost").match(parts.path, method="GET")[0]
    except HTTPException:
        return None


def opened(page, address):
    """Whether a page of HTML stands there; a file to be saved is none."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return False
        raise
    return bool(answer) and "text/html" in answer.headers.get("content-type", "")
