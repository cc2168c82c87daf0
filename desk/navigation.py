"""Where one can go from here: the lists that the layouts show."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user

from desk.queries import Queue, waiting
from foundation.headers import csp_nonce

LEVEL_WORDS = {
    "level1": "Level 1",
    "level2": "Level 2",
    "level3": "Level 3",
    "cce": "Continuing education",
    "none": "Own curriculum",
}
SITE = (
    ("Programs", "site.programs"),
    ("Credentials", "credentials.explained"),
    ("Spotlight", "community.spotlight"),
    ("Coaches", "community.coaches"),
    ("Free guide", "guide.form"),
)
WORKSHOP = (
    ("Today", "learn.dashboard"),
    ("Hours", "hours.overview"),
    ("Coaching log", "hours.log"),
    ("Account", "account.profile"),
)
STAFF = (
    ("Desk", "desk.home", ()),
    ("People", "desk.people", ("admissions", "registrar", "finance")),
    ("Hours to review", "staff_hours.queue", ("registrar",)),
    ("Mentors", "staff_mentors.listing", ("registrar",)),
    ("Classes", "staff_classes.listing", ("instructor", "registrar")),
    ("Courses", "staff_classes.courses", ("editor", "instructor", "registrar")),
    ("Cohorts", "staff_enrollment.cohorts", ("registrar", "admissions", "instructor")),
    ("Policies", "staff_policies.listing", ("finance", "registrar", "admissions")),
    ("Leads", "staff_enrollment.leads", ("admissions", "editor")),
    ("Orders", "staff_payments.orders", ("finance",)),
    ("The books", "staff_books.overview", ("finance",)),
    ("Letters", "staff_mail.letters", ("admissions", "registrar")),
    ("Certificates", "staff_certificates.listing", ("registrar",)),
    ("Rules", "staff_rules.listing", ("registrar",)),
)


def init_navigation(app: Flask) -> None:
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    chosen = current_app.config["SETTINGS"]
    return {
        "nav": Navigation(),
        "csp_nonce": csp_nonce,
        "school": {
            "name": chosen.school_name,
            "email": chosen.school_email,
            "address": chosen.school_address,
        },
        "in_production": chosen.in_production,
        "level_words": LEVEL_WORDS,
    }


class Navigation:
    """Made anew for each page; `current` marks where one is."""

    @property
    def site(self) -> list[dict[str, Any]]:
        return [item for label, endpoint in SITE if (item := _item(label, endpoint))]

    @property
    def workshop(self) -> list[dict[str, Any]]:
        return _nearest([item for label, endpoint in WORKSHOP if (item := _item(label, endpoint))])

    @property
    def staff(self) -> list[dict[str, Any]]:
        allowed = [(label, endpoint) for label, endpoint, roles in STAFF if _may_enter(roles)]
        numbers = {queue.endpoint: queue.number for queue in waiting_here()}
        items = [(endpoint, _item(label, endpoint)) for label, endpoint in allowed]
        return [item | {"count": numbers.get(endpoint)} for endpoint, item in items if item]


def waiting_here() -> list[Queue]:
    """What waits for whoever is asking; read once a page."""
    if "waiting" not in g:
        g.waiting = waiting(current_user)
    return list(g.waiting)


def _nearest(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of two places that lie one inside the other, one is in the inner."""
    longest = max((len(item["href"]) for item in items if item["current"]), default=0)
    return [item | {"current": item["current"] and len(item["href"]) == longest} for item in items]


def _may_enter(roles: tuple[str, ...]) -> bool:
    return not roles or any(current_user.has_role(role) for role in (*roles, "owner"))


def _item(label: str, endpoint: str) -> dict[str, Any] | None:
    if endpoint not in current_app.view_functions:
        return None
    href = url_for(endpoint)
    here = request.path == href or (href not in {"/", "/staff"} and request.path.startswith(href + "/"))
    return {"label": label, "href": href, "current": here, "count": None}
