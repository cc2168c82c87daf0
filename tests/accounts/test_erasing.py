"""Somebody is erased on their day: no word of theirs is left but where the list says so, done once and whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from accounts.erasing import asking, carrying_out
from accounts.erasing.models import Erasure
from accounts.erasing.terms import kept
from accounts.models import User
from credentials import certifying
from credentials.badges.revoking import revoked_places
from credentials.models import Badge, Certificate, LedgerEntry, PriorLearning
from credentials.prior_learning.keeping import path_of
from credentials.transcripts import issuing
from enrollment import enrolling
from enrollment.models import Enrollment
from enrollment.waitlist.models import WaitlistEntry
from foundation.audit import AuditLine
from foundation.db import ERASING, db
from foundation.escalating import open_tasks
from mail.models import Letter, LetterState
from payments import ordering, settling
from payments.models import OrderState, StripeEvent
from tasks.erasing import erase_due
from tests.accounts.erasures import PASSWORD, erased, wishes
from tests.house.test_links import _ours, _ways_on
from tests.makers.erasing import NAME, WORDS, places_of
from tests.payments.conftest import new_buyer


def test_afterwards_no_word_of_theirs_is_found_but_where_the_list_says_so(app, school, mailbox, client):
    person = school.rich_person()
    mailbox.deliver()
    with app.app_context():
        before = places_of(*WORDS)
        number = db.session.scalars(select(Certificate.number)).one()
        keiko = db.session.scalars(select(User).where(User.name.like("Keiko%"))).one()
        minutes = sorted(db.session.scalars(select(LedgerEntry.minutes)))
        documents = {one.sha256: one.enrollment_id for one in db.session.scalars(select(PriorLearning))}
    assert len(before) > 50, "somebody who has left words everywhere"
    done = erased(school, person)
    with app.app_context():
        assert (
            set(places_of(*WORDS))
            == {"certificate.facts", "paper.facts"}
            <= {name for one in kept() for name in one.columns}
        )
        assert sorted(db.session.scalars(select(LedgerEntry.minutes))) == minutes, "hours are never edited"
        waits, line = db.session.scalars(select(WaitlistEntry.state)).all(), select(Letter.state)
        assert waits == ["left"] and LetterState.QUEUED not in set(db.session.scalars(line.where(Letter.sealed == "")))
        carrying_out.go_over(done, at=school.now() + timedelta(minutes=11))
        db.session.commit()
        assert {sha: path_of(sha).exists() for sha in documents} == {sha: bool(at) for sha, at in documents.items()}
    told = client.get(f"/verify/{number}").text
    assert NAME in told and "Valid certificate" in told
    theirs = f"/staff/people/{person.id}"
    _each_kind_opens(app, school.user("Olu Owner", "owner"), *LISTS, theirs, f"{theirs}/money")
    _each_kind_opens(app, keiko, "/staff/mentoring/forms", "/staff/mentoring/evaluations")


LISTS = [
    "/staff/letters?state=all",
    "/staff/certificates",
    "/staff/hours",
    "/staff/hours/prior-learning?state=all",
    "/staff/mentors",
    "/staff/cohorts",
    "/staff/applications?state=all",
    "/staff/classes",
    "/staff/make-ups",
    "/staff/accreditation",
    "/staff/leads",
]


def _each_kind_opens(app, who, *lists):
    """The lists, and of each kind of page that they lead to one; and one level further."""
    client, near, seen = app.test_client().sign_in(who), list(lists), set()
    for _ in range(3):
        links = [link for page in near for link in _links(client.get(page), page)]
        kinds = {_kind(app, link): link for link in reversed(links)}
        near = [link for kind, link in kinds.items() if kind not in seen and kind]
        seen |= set(kinds)
    assert len(seen) > 10


def _links(answer, page):
    assert answer.status_code < 400, page
    return list(_ours(_ways_on(answer.text), page)) if answer.mimetype == "text/html" else []


def _kind(app, link):
    path = link.partition("?")[0]
    return path.startswith("/staff") and app.url_map.bind("localhost").match(path)[0]


def test_who_asks_for_it_has_certificates_and_transcripts_withdrawn_too(app, school, client):
    place = school.graduate_to_be("Ana Lima")
    with app.app_context():
        rosa = db.session.scalars(select(User).where(User.name.like("Rosa%"))).one()
        certificate = certifying.issue(db.session.get_one(Enrollment, place.id), rosa, school.now())
        transcript = issuing.issue(db.session.get_one(User, place.user_id), rosa, school.now())
        numbers = [certificate.number, transcript.number]
        db.session.commit()
    erased(school, User(id=place.user_id), withdraws=True)
    for number in numbers:
        told = client.get(f"/verify/{number}")
        assert told.status_code == 200 and "Withdrawn at the holder" in told.text and "Ana Lima" not in told.text
        assert client.get(f"/verify/{number}", headers={"Accept": "application/json"}).json["status"] == "withdrawn"
    with app.app_context():
        assert places_of("ana lima") == {}
        assert revoked_places() == [db.session.scalars(select(Badge.status_index)).one()]
    registrar = client.sign_in(school.user("Reg", "registrar"))
    assert registrar.get("/staff/certificates").status_code == 200
    assert registrar.get(f"/staff/certificates/{numbers[0]}").status_code == 200


def test_before_its_day_nothing_is_erased_and_on_its_day_it_is(app, school, ana, run_task):
    with app.app_context():
        made = asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())
        db.session.commit()
        due, wish = made.due_at, made.id
        assert carrying_out.due(due - timedelta(minutes=1)) == [] and not carrying_out.carry_out(wish, at=school.now())
    with time_machine.travel(due + timedelta(minutes=1), tick=False):
        assert run_task() == 1
        assert run_task() == 0, "once"
    with app.app_context():
        gone = db.session.get_one(User, ana.id)
        assert (gone.name, gone.email) == ("Erased person", f"erased-{ana.id}@erased.invalid")
        assert not gone.active and gone.password is None and gone.roles == []
        assert wishes(app) == ["done"]
        verbs = db.session.scalars(select(AuditLine.verb).order_by(AuditLine.id)).all()
        assert verbs == ["user.created", "erasure.asked", "user.erased"]


def test_nobody_signs_in_with_it_any_more_and_every_session_is_dead(app, school, client, ana):
    mine = client.sign_in(ana)
    assert mine.get("/account").status_code == 200
    erased(school, ana)
    assert mine.get("/account").status_code == 303
    other = app.test_client()
    for address in ("ana@example.com", f"erased-{ana.id}@erased.invalid"):
        other.submit("/login", {"email": address, "password": PASSWORD})
        assert other.get("/account").status_code == 303
    assert school.user("Ana Lima", email="ana@example.com").id != ana.id, "she may come back as somebody new"


def test_two_workers_erase_once(app, school, ana):
    with app.app_context():
        made = asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())
        db.session.commit()
        wish, due = made.id, made.due_at

    def worker(_):
        with app.app_context():
            done = carrying_out.carry_out(wish, at=due)
            db.session.commit()
            return done

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(worker, range(2))) == [False, True]


def test_a_worker_that_dies_halfway_leaves_everything_as_it_was(app, school, ana, monkeypatch):
    with app.app_context():
        made = asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())
        db.session.commit()
        with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
            broken.setattr(carrying_out, "_leave_nobody", lambda *_: 1 / 0)
            carrying_out.carry_out(made.id, at=made.due_at)
        db.session.rollback()
        assert places_of("ana@example.com")["user.email"] and wishes(app) == ["waiting"]
        assert carrying_out.carry_out(made.id, at=made.due_at)
        db.session.commit()
        assert places_of("ana@example.com", "ana lima") == {}


def test_what_stripe_tells_later_is_booked_and_written_to_nobody(app, school, buyer, local_stripe, work, mailbox):
    buyer.come_back(local_stripe.pay(buyer.enroll()))
    with app.app_context():
        place = db.session.scalars(select(Enrollment)).one()
        enrolling.withdraw(place, reason="Moved", at=school.now())
        db.session.commit()
    mailbox.deliver()
    local_stripe.heard()
    work()
    erased(school, buyer.user)
    mailbox.clear()
    local_stripe.refund(buyer.books().attempts[0].session_id)
    local_stripe.heard()
    work()
    assert buyer.books().state == "refunded"
    mailbox.deliver()
    assert mailbox.letters == []
    with app.app_context():
        assert set(places_of(buyer.user.email)) <= {"receipt.facts", "credit_note.facts"}
        assert db.session.scalars(select(StripeEvent.state).distinct()).all() != ["waiting"]


def test_money_that_comes_for_nobody_takes_no_seat_and_is_put_before_staff(app, school, ana):
    order = school.order(ana, school.cohort())
    with app.app_context():
        ordering.give_up(order.id, OrderState.EXPIRED, at=school.now())
        db.session.commit()
    erased(school, ana)
    with app.app_context():
        late = ordering.locked(order.id)
        session = {"id": "cs_late", "amount_total": late.amount_cents, "payment_method_types": ["card"]}
        settling.take_seat(late, session, at=school.now() + timedelta(days=15))
        db.session.commit()
        assert late.state == OrderState.PAID_NO_SEAT and db.session.scalars(select(Enrollment)).all() == []
        (task,) = open_tasks()
        assert "erased meanwhile. Refund it" in task.summary
        wish = db.session.scalars(select(Erasure.id)).one()
        carrying_out.go_over(wish, at=school.now() + timedelta(days=15))
        assert open_tasks() == [task], "what came afterwards waits for staff as ever"


def test_facts_lose_words_in_an_erasure_and_nothing_else_ever(app, school):
    place = school.graduate_to_be()
    with app.app_context():
        mine = f"ledger_entry SET {{}} WHERE user_id = {place.user_id}"
        for erasing, change in ((False, "reason = ''"), (True, "minutes = 1"), (True, "evidence = '[1]'")):
            db.session.execute(select(func.set_config(ERASING, "on" if erasing else "", True)))
            with pytest.raises(DatabaseError, match="append-only"):
                db.session.execute(text("UPDATE " + mine.format(change)))
            db.session.rollback()


@pytest.fixture
def run_task(app):
    def run():
        with app.app_context():
            return erase_due.run()

    return run


@pytest.fixture
def buyer(app, school):
    return new_buyer(app, school, school.cohort(seats=2))
