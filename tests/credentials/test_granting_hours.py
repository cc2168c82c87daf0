"""Learning elsewhere is decided with a reason: granted to the minute and never twice, declined, or taken back."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.models import User
from credentials.evaluating import evaluate
from credentials.models import (
    CLAIM_MOVES,
    PARTS,
    ClaimState,
    Kind,
    LedgerEntry,
    LedgerReview,
    PriorLearning,
    ReviewState,
)
from credentials.prior_learning.deciding import _lines, decline, take_back
from credentials.profiling import profile_of
from credentials.summing import CHECKED, totals_of
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.claims import DESK, FULL, PAGE, grant, typed
from tests.credentials.reading import words


def ledger(app) -> list[tuple[int, int, bool]]:
    with app.app_context():
        lines = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        return [(e.minutes, e.core_minutes, e.synchronous) for e in lines]


def decide(app, school, verb, made, by, *words, **more) -> bool:
    with app.app_context():
        mine, actor = db.session.get_one(PriorLearning, made.id), db.session.get_one(User, by.id)
        done = verb(mine, *words, actor=actor, at=school.now(), **more)
        db.session.commit()
        return done


def test_handed_in_with_its_document_granted_with_a_reason_it_stands_checked_in_the_ledger(
    app, client, ana, rosa, mailbox
):
    trainee = client.sign_in(ana)
    answer = trainee.submit(PAGE, typed(), follow_redirects=True)
    assert "The school looks at it" in words(answer) and ledger(app) == []
    staff = app.test_client().sign_in(rosa)
    row = re.search(rf'href="({DESK}/[^"]+)"', staff.get(DESK).text).group(1)
    page = staff.get(row)
    assert 'value="20"' in page.text and 'value="5:30"' in page.text
    granted = {"live_core": "20", "live_resource": "4", "own_core": "3", "enrollment": ""}
    assert staff.submit(row, granted | {"act": "approve", "reason": " "}).status_code == 422
    done = staff.submit(
        row, granted | {"act": "approve", "reason": "The transcript shows 3 h by oneself"}, follow_redirects=True
    )
    assert "Granted: 27 h for Ana Lima" in words(done)
    assert ledger(app) == [(1440, 1200, True), (180, 180, False)]
    with app.app_context():
        assert set(db.session.scalars(select(LedgerReview.state))) == {ReviewState.CHECKED}
        assert {"prior_learning.handed_in", "prior_learning.approved"} <= set(
            db.session.scalars(select(AuditLine.verb))
        )
    mailbox.deliver()
    assert "27 h of prior learning are granted" in mailbox.to(ana.email)[0]["Subject"]
    assert "Granted: 27 h" in words(trainee.get(answer.request.path))


def test_the_evidence_names_the_provider_the_days_and_the_document(app, school, ana, rosa):
    made = school.prior_claim(ana)
    grant(app, school, made, rosa)
    with app.app_context():
        line = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).first()
        told = line.evidence
    assert (line.on, line.recorded_by_id, line.enrollment_id) == (made.last_on, rosa.id, None)
    assert (told["provider"], told["first_on"], told["claimed"]) == ("The Harbour Institute", "2025-02-01", FULL)
    assert told["document"] == {"sha256": made.sha256, "media_type": "image/png"}


def test_it_counts_toward_the_credential_as_the_other_schools_course(app, school, ana, rosa):
    made = school.prior_claim(ana)
    grant(app, school, made, rosa)
    with app.app_context():
        profile = profile_of(db.session.get_one(User, ana.id), "ACC", "level", school.now().date(), CHECKED)
        (course,) = profile["education"]
        evaluate(profile)
    assert course == {
        "id": f"prior:{made.public_id}", "title": "The Harbour Institute: Foundations of Listening",
        "accreditation": "level1", "starts_on": "2025-02-01", "ends_on": "2025-05-30", "completed": True,
        "minutes": 1740, "core_minutes": 1500, "synchronous_minutes": 1440,
    }  # fmt: skip


def test_transferred_into_a_program_it_counts_there_and_not_twice(app, school, ana, rosa):
    place = school.enrollment(ana, school.cohort())
    made = school.prior_claim(ana, enrollment=place)
    grant(app, school, made, rosa, enrollment=place)
    with app.app_context():
        totals = totals_of(ana.id)
        assert totals.minutes(Kind.EDUCATION, enrollment_id=place.id, synchronous=True) == 1440
        profile = profile_of(db.session.get_one(User, ana.id), "ACC", "level", school.now().date(), CHECKED)
        earned = [one for one in profile["education"] if not one["id"].startswith("program:")]
    assert [one["minutes"] for one in earned] == [1740]


def test_hours_count_in_nobody_elses_place(app, school, ana, rosa):
    other = school.enrollment(school.user("Ben Okri"), school.cohort())
    with pytest.raises(Refused, match="somebody else"):
        grant(app, school, school.prior_claim(ana), rosa, enrollment=other)


@pytest.mark.parametrize(
    "granted", [{"live_core": 1201}, {"own_resource": 1}, dict.fromkeys(PARTS, 0), {"own_core": -1}]
)
def test_never_more_is_granted_than_claimed_and_never_nothing(app, school, ana, rosa, granted):
    with pytest.raises(Refused):
        grant(app, school, school.prior_claim(ana), rosa, FULL | granted)
    assert ledger(app) == []


@given(st.tuples(*[st.integers(0, 30_000)] * 4))
def test_whatever_is_granted_is_in_the_lines_to_the_minute_and_no_line_is_too_long(parts):
    granted = dict(zip(PARTS, parts, strict=True))
    lines = list(_lines(granted))
    for synchronous, way in ((True, "live"), (False, "own")):
        mine = [(minutes, core) for live, minutes, core in lines if live is synchronous]
        assert sum(core for _, core in mine) == granted[f"{way}_core"]
        assert sum(minutes for minutes, _ in mine) == granted[f"{way}_core"] + granted[f"{way}_resource"]
    assert all(0 < minutes <= 6000 and 0 <= core <= minutes for _, minutes, core in lines)


def test_a_long_program_is_several_lines(app, school, ana, rosa):
    made = school.prior_claim(ana, live_core=7500, live_resource=0, own_core=0)
    grant(app, school, made, rosa, {"live_core": 7500, "live_resource": 0, "own_core": 0, "own_resource": 0})
    assert ledger(app) == [(6000, 6000, True), (1500, 1500, True)]


def test_declined_it_says_why_and_can_be_handed_in_anew_with_the_same_document(app, client, school, ana, rosa, mailbox):
    made = school.prior_claim(ana, shade=7)
    decide(app, school, decline, made, rosa, "The dates are missing")
    mailbox.deliver()
    assert "not granted" in mailbox.to(ana.email)[0]["Subject"]
    assert "The dates are missing" in words(client.sign_in(ana).get(f"{PAGE}/{made.public_id}"))
    school.prior_claim(ana, shade=7)
    assert ledger(app) == []


def test_what_was_granted_is_taken_back_by_new_lines(app, client, school, ana, rosa):
    made = school.prior_claim(ana)
    grant(app, school, made, rosa)
    staff = client.sign_in(rosa)
    staff.submit(f"{DESK}/{made.public_id}", {"act": "take-back", "reason": "The document is forged", "enrollment": ""})
    assert sum(minutes for minutes, _, _ in ledger(app)) == 0
    assert len(ledger(app)) == 4
    with app.app_context():
        assert profile_of(db.session.get_one(User, ana.id), "ACC", "level", school.now().date())["education"] == []


def test_two_who_decide_in_one_moment_decide_once(app, school, ana, rosa):
    made, mia = school.prior_claim(ana), school.user("Mia Berg", "registrar")
    gate, answers = Barrier(2), []

    def act(who) -> None:
        gate.wait()
        try:
            answers.append(grant(app, school, made, who))
        except Refused as refused:
            answers.append(refused.message)

    def refuse() -> None:
        gate.wait()
        try:
            answers.append(decide(app, school, decline, made, mia, "No"))
        except Refused as refused:
            answers.append(refused.message)

    both = [Thread(target=act, args=(rosa,)), Thread(target=refuse)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert True in answers
    assert any("decided meanwhile" in str(answer) for answer in answers)
    assert len(ledger(app)) in {0, 2}


def test_granted_twice_it_counts_once(app, school, ana, rosa):
    made = school.prior_claim(ana)
    assert [grant(app, school, made, rosa) for _ in range(2)] == [True, False]
    assert len(ledger(app)) == 2


@pytest.mark.parametrize("old", list(ClaimState))
@pytest.mark.parametrize("new", [ClaimState.APPROVED, ClaimState.DECLINED, ClaimState.TAKEN_BACK])
def test_every_pair_of_states_moves_as_the_table_says(app, school, ana, rosa, old, new):
    made = school.prior_claim(ana)
    with app.app_context():
        db.session.get_one(PriorLearning, made.id).state = old
        db.session.commit()
    verbs = {ClaimState.DECLINED: decline, ClaimState.TAKEN_BACK: take_back}

    def act() -> bool:
        return decide(app, school, verbs[new], made, rosa, "why") if new in verbs else grant(app, school, made, rosa)

    if CLAIM_MOVES.allows(old, new):
        assert act() is (old != new)
    else:
        with pytest.raises(Refused):
            act()


def test_nobody_decides_about_their_own_hours(app, school):
    both = school.user("Rosa Registrar", "registrar", "trainee")
    with pytest.raises(Refused, match="own hours"):
        grant(app, school, school.prior_claim(both), both)


def test_the_queue_is_searched_filtered_paged_and_taken_away_in_eight_statements(client, school, rosa, queries):
    for number in range(12):
        school.prior_claim(school.user(f"Person {number:02}"))
    staff = client.sign_in(rosa)
    for path in (DESK, f"{DESK}?words=Person+03", f"{DESK}?state=all", f"{DESK}?format=csv"):
        with queries() as q:
            answer = staff.get(path)
        assert answer.status_code == 200
        assert q.count <= 8, f"{path}\n" + "\n".join(q.sent)
        assert ("Person 11" in answer.text) == ("words" not in path)


def test_the_other_claims_of_a_person_on_the_same_days_are_shown_to_whoever_decides(client, school, ana, rosa):
    first = school.prior_claim(ana)
    school.prior_claim(ana, title="Another one", first_on=first.last_on - timedelta(days=3))
    page = words(client.sign_in(rosa).get(f"{DESK}/{first.public_id}"))
    assert "Another one" in page and "Same days" in page
