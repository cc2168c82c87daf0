"""Every page, judged by axe (WCAG 2.2 AA): wide and light, narrow and dark, with no violation."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from demo.logins import LOGINS

LOGIN = dict(LOGINS)
SHOWN = {"/": "front", "/hours": "standing", "/staff": "desk"}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
VISITOR = ["/", "/programs", "/programs/practitioner", "/programs/practitioner/cohorts/juniper", "/guide", "/verify"]
VISITOR += ["/credentials", "/credentials/planner", "/spotlight", "/spotlight/the-departures-board", "/coaches"]
VISITOR += ["/verify/passport", "/apply/sage"]
VISITOR += ["/coaches/siobhan-ni-dhuill", "/login", "/register", "/reset", "/enroll/juniper", "/dev/mail", "/nowhere"]
TRAINEE = [
    "/learn",
    "/hours",
    "/hours/log",
    "/hours/log/quick",
    "/hours/log/import",
    "/hours/ledger",
    "/hours/clients",
    "> /merge/",
    "/hours/clients",
    "> /merge$",
    "/hours/mentoring",
    "/hours/review",
    "/hours/evaluations",
]
TRAINEE += ["/account", "/change-email", "/account/payments", "/account/payments/statement", "/account/changes"]
GRADUATE = ["/hours/renewal", "/hours/renewal/units/new", "/hours/renewal/credential"]
GRADUATE += [
    "/hours/passport",
    "/hours/prior-learning/passport",
    "/hours/transcript",
    "/account/data",
    "/account/erase",
]
STAFF = [
    "/staff",
    "/staff/people",
    "/staff/hours",
    "/staff/classes",
    "/staff/courses",
    "/staff/cohorts",
    "/staff/cohorts/sorrel",
    "/staff/cohorts/new?like=juniper",
    "/staff/cohorts/rowan/edit",
    "/staff/cohorts/sorrel/call-off",
    "/staff/applications?state=all",
    "/staff/applications/questions/circle",
    "/staff/cohorts/rowan/timetable",
    "/staff/cohorts/rowan/timetable/new",
    "/staff/leads",
]
STAFF += [
    "/staff/orders",
    "> /money",
    "> /scholarship",
    "/staff/invoices",
    "> /staff/invoices/",
    "> /invoices/",
    "/staff/letters",
    "/staff/certificates",
    "/staff/mentors",
    "/staff/mentoring",
    "/staff/mentoring/forms",
    "/staff/mentoring/evaluations",
    "/staff/accreditation",
    "/staff/accreditation/cohorts/juniper",
    "/staff/accreditation/programs/practitioner",
    "/staff/accreditation/programs/practitioner/facts",
]


def linked(page, address):
    """An address; `> words` is where the first link with these words in its own leads from the page one is on.

    With `$` at their end the words end it.
    """
    if not address.startswith("> "):
        return address
    words, where = address[2:].removesuffix("$"), "$" if address.endswith("$") else "*"
    return page.locator(f'a[href{where}="{words}"]').first.get_attribute("href")


STAFF += [
    "/staff/hours/schools",
    "/staff/applications",
    "> /staff/applications/",
    "/staff/cohorts/hazel",
    "> /staff/access/",
]
STAFF += ["/staff/people/erasures", "/staff/access/without-clock", "/staff/people/new"]
STAFF += ["/staff/policies", "/staff/agreements", "> /staff/agreements/2", "/staff/agreements/new", "/staff/changes"]
STAFF += [
    "> /staff/changes/",
    "/staff/orders?state=paid",
    "> /staff/orders/",
    "> /refund",
    "/staff/orders?state=paid",
    "> /staff/orders/",
    "> /agreement",
]
STAFF += ["/staff/cohorts/larch", "/staff/cohorts/larch/not-chosen", "> /staff/changes/stop/"]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["wide-light", "narrow-dark"])
@pytest.mark.parametrize(
    ("who", "addresses"),
    [(None, VISITOR), (LOGIN["trainee"], TRAINEE), (LOGIN["graduate"], GRADUATE), (LOGIN["staff and owner"], STAFF)],
    ids=["visitor", "trainee", "graduate", "staff"],
)
def test_no_page_keeps_anybody_out(visit, sign_in, picture, who, addresses, width, dark):
    page = visit(width=width, dark=dark)
    if who:
        sign_in(page, who)
    faults = {}
    for named in addresses:
        address = linked(page, named)
        page.goto(address)
        if address in SHOWN:
            picture(page, f"{SHOWN[address]}-{width}-{'dark' if dark else 'light'}")
        found = Axe().run(page, options=RULES).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if found or wide:
            faults[address] = [(v["id"], v["nodes"][0]["html"][:120]) for v in found] + (
                ["scrolls sideways"] if wide else []
            )
    page.complaints.clear()  # a page that is not there answers 404, as it should
    assert not faults
