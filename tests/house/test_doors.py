"""Every door says who may enter; no form is taken without its token; no address vanishes unnoticed."""

import re

from foundation.access import entry_of
from tests.house.reading import ROOT

GOLDEN = ROOT / "tests" / "house" / "addresses.txt"
WITHOUT_TOKEN = {
    "/webhooks/stripe": "signed by Stripe",
    "/webhooks/mail/<provider>": "signed by the mail provider",
    "/unsubscribe/<token>": "one click from a mail program (RFC 8058), proven by its token",
}


def doors(app):
    return [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/fs-static")]


def test_every_route_says_who_may_enter(app):
    open_ended = [rule.rule for rule in doors(app) if entry_of(app, rule.endpoint) is None]
    assert not open_ended


def test_no_address_vanishes_and_none_opens_wider_unnoticed(app):
    """When this fails on purpose, write the new list: `PYTHONPATH=. .venv/bin/python -m tests.house.addresses`."""
    from tests.house.addresses import listing

    assert listing(app) == GOLDEN.read_text()


def test_every_form_without_its_token_is_refused(app, school):
    client = app.test_client()
    client.sign_in(school.user("Olga Owner", "owner"))
    refused, taken = 0, []
    for rule in doors(app):
        if "POST" in rule.methods and rule.rule not in WITHOUT_TOKEN:
            answer = client.post(_filled(rule.rule), data={"anything": "1"})
            refused += answer.status_code == 400
            if answer.status_code != 400:
                taken.append((rule.rule, answer.status_code))
    assert not taken
    assert refused > 10


def _filled(rule):
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: "1" if m.group(1) == "int" else "x", rule)
