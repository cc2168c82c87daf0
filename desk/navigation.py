"""Where one can go from here: the lists that the layouts show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple

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
STAFF: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "": (
        ("Desk", "desk.home", ()),
        ("People", "desk.people", ("admissions", "registrar", "finance")),
    ),
    "Hours": (
        ("Hours to review", "staff_hours.queue", ("registrar",)),
        ("Prior learning", "staff_hours.prior_learning", ("registrar",)),
        ("My mentor hours", "staff_mentoring.hours", ("mentor", "instructor")),
        ("Mentors", "staff_mentors.listing", ("registrar",)),
        ("Certificates", "staff_certificates.listing", ("registrar",)),
        ("Accreditation", "staff_accreditation.overview", ("registrar",)),
        ("Rules", "staff_rules.listing", ("registrar",)),
    ),
    "Teaching": (
        ("Classes", "staff_classes.listing", ("instructor", "registrar")),
        ("Make-ups", "staff_classes.make_ups", ("instructor", "registrar")),
        ("Courses", "staff_classes.courses", ("editor", "instructor", "registrar")),
        ("Cohorts", "staff_enrollment.cohorts", ("registrar", "admissions", "instructor")),
    ),
    "Admissions": (
        ("Leads", "staff_enrollment.leads", ("admissions", "editor")),
        ("Applications", "staff_applications.queue", ("admissions", "registrar")),
        ("Letters", "staff_mail.letters", ("admissions", "registrar")),
    ),
    "Money": (
        ("Orders", "staff_payments.orders", ("finance",)),
        ("Invoices", "staff_invoices.invoices", ("finance",)),
        ("Changes", "staff_changes.changes", ("registrar", "finance", "admissions")),
        ("Policies", "staff_policies.listing", ("finance", "registrar", "admissions")),
        ("Prices", "staff_prices.overview", ("finance", "admissions")),
        ("The books", "staff_books.overview", ("finance",)),
    ),
}
GROUPS = {label: group for group, places in STAFF.items() for label, _, _ in places}

Places = tuple[tuple[str, str], ...]


class Entry(NamedTuple):
    """A line of a list of links; `current` is where one is."""

    label: str
    href: str
    current: bool = False
    waiting: int = 0


class Group(NamedTuple):
    """What belongs together in a long list of links; the first group has no label."""

    label: str
    entries: tuple[Entry, ...]


def init_navigation(app: Flask) -> None:
    chosen = app.config["SETTINGS"]
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce,
        school={"name": chosen.school_name, "email": chosen.school_email, "address": chosen.school_address},
        in_production=chosen.in_production,
        level_words=LEVEL_WORDS,
    )
    app.context_processor(lambda: {"nav": Navigation()})


class Navigation:
    """Made anew for each page; `current` marks where one is."""

    @cached_property
    def site(self) -> tuple[Entry, ...]:
        """What everybody may read."""
        return _entries(SITE)

    @property
    def door(self) -> Entry:
        """From the public pages to one's own: the desk, the learning, or the way in."""
        if not current_user.is_authenticated:
            return Entry("Sign in", "/login", request.path == "/login")
        return Entry("The desk", "/staff") if current_user.is_staff else Entry("Your learning", "/learn")

    @property
    def workshop(self) -> tuple[Entry, ...]:
        return _nearest(_entries(WORKSHOP))

    @cached_property
    def staff(self) -> tuple[Group, ...]:
        numbers = {queue.endpoint: queue.number for queue in waiting_here()}
        entries = _nearest(_entries(_open_to(current_user.role_names), numbers))
        return tuple([Group(label, tuple(some)) for label, some in groupby(entries, lambda entry: GROUPS[entry.label])])


def waiting_here() -> list[Queue]:
    """What waits for whoever is asking; read once a page."""
    if "waiting" not in g:
        g.waiting = waiting(current_user)
    return list(g.waiting)


def _nearest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Of two places that lie one inside the other, one is in the inner."""
    longest = max((len(entry.href) for entry in entries if entry.current), default=0)
    outer = [entry for entry in entries if entry.current and len(entry.href) < longest]
    return tuple(entry._replace(current=False) if entry in outer else entry for entry in entries) if outer else entries


@lru_cache(200)
def _open_to(roles: frozenset[str]) -> Places:
    """Where somebody with these roles may go."""
    places = (place for group in STAFF.values() for place in group)
    return tuple(
        (name, page) for name, page, wanted in places if not wanted or not roles.isdisjoint((*wanted, "owner"))
    )


def _entries(places: Places, numbers: Mapping[str, int] | None = None) -> tuple[Entry, ...]:
    """The places that are open here, with how much waits in each."""
    path, waits = request.path, numbers or {}
    there = _addresses(request.root_path, places)
    return tuple([Entry(label, href, _is_in(path, href), waits.get(page, 0)) for label, page, href in there])


@lru_cache(200)
def _addresses(_root: str, places: Places) -> tuple[tuple[str, str, str], ...]:
    """The same for everybody who came by the same root."""
    known = current_app.view_functions
    return tuple((label, endpoint, url_for(endpoint)) for label, endpoint in places if endpoint in known)


def _is_in(path: str, href: str) -> bool:
    return path == href or (href not in {"/", "/staff"} and path.startswith(href + "/"))
