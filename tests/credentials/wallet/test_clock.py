"""The clock of a credential: where one is, what comes next, and by which rules."""

from datetime import date, timedelta

import pytest

from credentials.models import HeldCredential, Level
from credentials.renewing.counting import wallet_of
from credentials.renewing.holding import current
from credentials.renewing.timing import clock_of
from foundation.clock import today
from tests.credentials.wallet.conftest import squeezed


@pytest.mark.parametrize(
    ("days", "phase", "words"),
    [
        (366, "early", "ICF takes this renewal from"),
        (40, "open", "You can submit your renewal now"),
        (0, "open", "You can submit your renewal now"),
        (-1, "grace", "ICF still takes the renewal as if in time"),
        (-100, "late", "with a late fee of 100 USD"),
        (-400, "over", "Too late to renew"),
    ],
)
def test_the_clock_says_where_one_is_and_what_comes_next(app, page, holder, school, days, phase, words):
    day = today("America/New_York")
    held = school.held_credential(holder, granted_on=day - timedelta(days=1095), expires_on=day + timedelta(days=days))
    assert words in squeezed(page.get("/hours/renewal"))
    with app.app_context():
        found = clock_of(wallet_of(holder.id, [held]).profile("PCC", "renewal", day), day)
        assert (found.phase, found.expires_on) == (phase, held.expires_on)


def test_the_figures_of_the_clock_come_from_the_rules_with_their_sources(page, holder, school):
    school.held_credential(holder)
    shown = squeezed(page.get("/hours/renewal"))
    assert "175 USD of members and 275 USD of others" in shown
    assert "https://coachingfederation.org/blog/credential-renewal-simplified-process" in shown


def test_what_changes_before_the_last_day_is_named_with_its_day(page, holder, school):
    school.held_credential(holder, level=Level.ACC, granted_on=date(2024, 12, 5), expires_on=date(2027, 12, 31))
    shown = squeezed(page.get("/hours/renewal"))
    if today("America/New_York") < date(2027, 1, 1):
        assert "January 1, 2027" in shown
        assert "Who may mentor for a renewal: MCS-ACC or MCS-PCC" in shown


def test_a_day_can_be_asked_for_and_one_without_rules_is_answered(page, holder, school):
    school.held_credential(
        holder, granted_on=date(2014, 12, 5), expires_on=today("America/New_York") + timedelta(days=40)
    )
    assert "as of" in squeezed(page.get(f"/hours/renewal?on={today('America/New_York') + timedelta(days=20)}"))
    for on, words in (
        ("2016-01-01", "No published rules"),
        ("soon", "Not a valid"),
    ):
        shown = squeezed(page.get(f"/hours/renewal?on={on}"))
        assert words in shown
        assert "instead" in shown


def test_a_day_before_the_credential_was_granted_is_answered(page, holder, school):
    school.held_credential(holder)
    shown = squeezed(page.get("/hours/renewal?on=2019-01-01"))
    assert "You did not hold the PCC on that day" in shown


def test_of_several_credentials_the_highest_that_can_still_be_renewed_is_shown(school):
    def one(level, days):
        return HeldCredential(level=level, expires_on=date(2026, 11, 1) + timedelta(days=days))

    acc, pcc, old = one(Level.ACC, 500), one(Level.PCC, 100), one(Level.MCC, -900)
    assert current([acc, pcc, old], date(2026, 11, 1)) is pcc
    assert current([old], date(2026, 11, 1)) is old
    assert current([], date(2026, 11, 1)) is None
