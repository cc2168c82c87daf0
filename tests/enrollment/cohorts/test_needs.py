"""What somebody must have done or hold before they take part in a cohort."""

from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.db import db
from tests.enrollment.cohorts.conftest import text


def test_nobody_orders_or_waits_without_the_program_before_it(app, client, school):
    from enrollment import enrolling
    from enrollment.models import Enrollment, EnrollmentState

    first, ana = school.cohort(), school.user("Ana Lima")
    second = school.cohort(requires_program_id=first.program_id)
    client.sign_in(ana)
    assert "completed with us" in text(client.get(f"/enroll/{second.code}"))
    assert order(client, second).status_code == 422
    enrollment = school.enrollment(ana, first)
    assert order(client, second).status_code == 422, "to take part is not to have completed"
    with app.app_context():
        mine = db.session.get_one(Enrollment, enrollment.id)
        enrolling.move(mine, EnrollmentState.COMPLETED, at=school.now())
        db.session.commit()
    assert order(client, second).status_code == 303


def test_what_is_needed_stands_on_every_page_before_one_buys(client, desk, school):
    words = "Two clients of your own"
    needs = {"prerequisites": words, "requires_credential": "ACC", "requires_program_id": school.program("First").id}
    cohort_ = school.cohort(of=school.program(slug="practitioner"), **needs)
    for page in (f"/programs/practitioner/cohorts/{cohort_.code}", f"/enroll/{cohort_.code}"):
        shown = text(client.get(page))
        assert words in shown and "First, completed with us" in shown and "The ACC credential" in shown
    assert words in text(desk.get(f"/staff/cohorts/{cohort_.code}"))


def test_nobody_waits_for_what_they_may_not_buy(client, school):
    full = school.full_cohort(requires_program_id=school.program().id)
    client.sign_in(school.user())
    assert client.submit(f"/waitlist/{full.code}").status_code == 422


@pytest.mark.parametrize(("held", "status"), [(None, 422), ("ACC", 422), ("PCC", 303), ("MCC", 303)])
def test_a_cohort_for_pcc_takes_those_who_hold_it_or_a_higher_one(app, client, school, held, status):
    from accounts.models import User
    from credentials.models import Level
    from credentials.renewing.holding import note_credential

    cohort_, ana = school.cohort(requires_credential="PCC"), school.user("Ana Lima")
    if held:
        today = school.now().date()
        with app.app_context():
            days = {"granted_on": today - timedelta(days=90), "expires_on": today + timedelta(days=900)}
            user = db.session.get_one(User, ana.id)
            note_credential(user, level=Level(held), at=school.now(), **days)
            db.session.commit()
    client.sign_in(ana)
    assert order(client, cohort_).status_code == status


def order(client, cohort_):
    return client.submit(f"/enroll/{cohort_.code}", {"agreed": "y"})
