"""Somebody asks to be erased: what goes, what stays and why, the days of grace, and that it is done once and whole."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from markupsafe import escape
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from accounts.erasing import asking, carrying_out
from accounts.erasing.models import ERASURE_MOVES, Erasure, ErasureState
from accounts.erasing.showing import as_table
from accounts.erasing.terms import kept, parts
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
from foundation.errors import Refused
from foundation.escalating import open_tasks
from mail.models import Letter, LetterState
from payments import ordering, settling
from payments.models import OrderState, StripeEvent
from tasks.erasing import erase_due
from tests.house.reading import ROOT
from tests.house.test_links import _ours, _ways_on
from tests.makers.erasing import NAME, WORDS, places_of
from tests.payments.conftest import new_buyer

PASSWORD = "a long enough password"
PAGE = "/account/erase"
ASKED = {"papers": "keep", "understood": "y", "password": PASSWORD}


@pytest.fixture
def ana(school):
    return school.user("Ana Lima", email="ana@example.com", password=PASSWORD)


def erased(school, person, *, withdraws=False):
    """Asked for, and done when the days are over; the wish's id."""
    with school.app.app_context():
        made = asking.ask(db.session.get_one(User, person.id), withdraws=withdraws, at=school.now())
        db.session.commit()
        assert carrying_out.carry_out(made.id, at=made.due_at)
        db.session.commit()
        return made.id


def wishes(app):
    with app.app_context():
        return [str(state) for state in db.session.scalars(select(Erasure.state).order_by(Erasure.id))]


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
        assert told.status_code == 200 and "Withdrawn at the holder" in told.text and "Ana" not in told.text
        assert client.get(f"/verify/{number}", headers={"Accept": "application/json"}).json["status"] == "withdrawn"
    with app.app_context():
        assert places_of("ana lima") == {}
        assert revoked_places() == [db.session.scalars(select(Badge.status_index)).one()]
    registrar = client.sign_in(school.user("Reg", "registrar"))
    assert registrar.get("/staff/certificates").status_code == 200
    assert registrar.get(f"/staff/certificates/{numbers[0]}").status_code == 200


def test_the_page_says_what_goes_and_what_stays_and_asks_for_tick_and_password(client, app, ana):
    mine = client.sign_in(ana)
    page = mine.get(PAGE).text
    with app.app_context():
        assert all(str(escape(one.what)) in page and str(escape(one.why)) in page for one in kept())
        assert all(str(escape(words)) in page for part in parts() for words in part.told)
    for wrong, field in (({"understood": ""}, "understood"), ({"password": "not the one"}, "password")):
        answer = mine.submit(PAGE, {name: value for name, value in (ASKED | wrong).items() if value})
        assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert wishes(app) == []


def test_it_waits_two_weeks_with_a_letter_and_a_banner_and_can_be_taken_back(client, app, school, ana, mailbox):
    mine = client.sign_in(ana)
    assert mine.submit(PAGE, ASKED).status_code == 303
    assert "Your account will be erased on" in mine.get("/account").text
    mine.submit(PAGE, ASKED, on="/account")
    assert wishes(app) == ["waiting"]
    mailbox.deliver()
    (letter,) = mailbox.to("ana@example.com")
    link = re.search(r"https?://[^/]+(/account/erase/[\w.-]+)", letter.get_body(("plain",)).get_content())[1]
    visitor = app.test_client()
    assert "Keep my account" in visitor.get(link).text and wishes(app) == ["waiting"], "looking changes nothing"
    assert visitor.submit(link, {}).status_code == 303
    assert "Your account stays" in visitor.get(link).text and wishes(app) == ["taken_back"]
    mine.get("/account")
    assert "will be erased" not in mine.get("/account").text
    mine.submit(PAGE, ASKED)
    assert mine.submit("/account/erase/take-back", {}, on=PAGE).status_code == 303
    assert wishes(app) == ["taken_back", "taken_back"]
    assert visitor.get("/account/erase/nonsense").status_code == 410


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


def test_whoever_owes_or_waits_for_money_can_not_ask_and_is_told_what_comes_first(client, app, school, ana):
    school.order(ana, school.cohort())
    mine = client.sign_in(ana)
    page = mine.get(PAGE).text
    assert "waits to be paid" in page and 'name="understood"' not in page
    with app.app_context(), pytest.raises(Refused):
        asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())


def test_whoever_takes_part_may_ask_and_is_erased_once_they_have_stopped(client, app, school, ana, mailbox):
    place = school.enrollment(ana, school.cohort())
    mine = client.sign_in(ana)
    assert "stop it first" in mine.get(PAGE).text
    assert mine.submit(PAGE, ASKED).status_code == 303
    with app.app_context():
        wish = db.session.scalars(select(Erasure)).one()
        for _ in range(2):
            assert not carrying_out.carry_out(wish.id, at=wish.due_at)
            db.session.commit()
        held = select(Letter.kind).where(Letter.kind == "account.erasure_held")
        assert db.session.scalars(held).all() == ["account.erasure_held"], "told once"
        assert "stop it first" in wish.held_words
        enrolling.withdraw(db.session.get_one(Enrollment, place.id), reason="Moved", at=school.now())
        assert carrying_out.carry_out(wish.id, at=wish.due_at)
        db.session.commit()
    assert wishes(app) == ["done"]


def test_whoever_works_for_the_school_is_not_erased_while_they_do(client, school):
    page = client.sign_in(school.user("Rosa", "registrar", password=PASSWORD)).get(PAGE).text
    assert "An owner has to take your roles" in page and 'name="understood"' not in page


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


def test_an_owner_erases_at_once_with_a_reason(client, app, school, ana):
    page = f"/staff/people/{ana.id}/erase"
    assert app.test_client().sign_in(school.user("Rosa", "registrar")).get(page).status_code == 403
    owner = client.sign_in(school.user("Olu Owner", "owner"))
    assert page in owner.get(f"/staff/people/{ana.id}").text
    answer = owner.submit(page, {"papers": "keep", "understood": "y"})
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text
    said = {"papers": "keep", "understood": "y", "reason": "Letter of 3 May"}
    assert owner.submit(page, said).status_code == 303
    listed = owner.get("/staff/people/erasures").text
    assert "Erased person" in listed and "Letter of 3 May" in listed and "Ana" not in listed
    assert owner.get(page).status_code == 404
    assert owner.get(f"/staff/people/{ana.id}").status_code == 200
    with app.app_context():
        ordered = db.session.scalars(select(AuditLine).where(AuditLine.verb == "erasure.ordered")).one()
        assert db.session.get_one(User, ordered.actor_id).name == "Olu Owner"


def test_staff_see_who_waits_and_what_is_done_in_few_statements(client, app, school, ana, queries):
    erased(school, school.user("Ben Okri"))
    with app.app_context():
        asking.ask(db.session.get_one(User, ana.id), withdraws=False, at=school.now())
        db.session.commit()
    registrar = client.sign_in(school.user("Rosa", "registrar"))
    registrar.get("/staff/people/erasures")
    with queries() as seen:
        page = registrar.get("/staff/people/erasures").text
    assert seen.count <= 8
    assert "Ana Lima" in page and "Erased person" in page and "Ben" not in page
    assert "Ana" not in registrar.get("/staff/people/erasures?state=done").text
    assert registrar.get("/staff/people/erasures?format=csv").text.count("\n") == 3


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


def test_the_page_for_schools_says_the_same(app):
    with app.app_context():
        assert as_table() in (ROOT / "docs" / "privacy.md").read_text(), as_table()


@pytest.mark.parametrize("old", ErasureState)
@pytest.mark.parametrize("new", ErasureState)
def test_what_was_done_or_taken_back_stays_so(old, new):
    assert ERASURE_MOVES.allows(old, new) == (old == new or old == ErasureState.WAITING)


@pytest.fixture
def run_task(app):
    def run():
        with app.app_context():
            return erase_due.run()

    return run


@pytest.fixture
def buyer(app, school):
    return new_buyer(app, school, school.cohort(seats=2))
