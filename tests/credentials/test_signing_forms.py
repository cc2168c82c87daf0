"""A form that both have signed never changes, is read by nobody else without a trace, and rolls up to a review."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from credentials.evaluating import evaluate
from credentials.models import FORM_MOVES, FormKind, FormSignature, FormState, LedgerEntry, Level, MentorSession
from credentials.observing import drafting, signing
from credentials.observing.contents import Observation, Review, digest
from credentials.profiling import profile_of
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from foundation.secrets import encrypt
from tests.credentials.forms import SAID, WHOLE, begun, fields, signed
from tests.credentials.reading import all_of


def test_a_mentor_begins_fills_and_signs_a_form_and_the_trainee_signs_it_too(
    client, school, mailbox, keiko, maren, session
):
    client.sign_in(keiko)
    said = {"session": session.public_id, "level": "ACC", "about_on": "2026-11-01"}
    made = client.submit("/staff/mentoring/forms/observations", said, on="/staff/mentoring/forms")
    page = made.location
    typed = fields(client.get(page).text) | {"note-8": "Not seen.", "overall": "A strong session."}
    for n in range(1, 8):
        typed |= {f"c{n}-0-at": f"{n}:05", f"c{n}-0-quote": SAID, f"c{n}-0-behaviour": f"Behaviour {n}"}
    assert client.submit(page, typed | {"act": "offer"}).status_code == 303
    mailbox.deliver()
    [letter] = mailbox.to("maren@example.com")
    assert SAID not in letter.as_string()
    mine = page.replace("/staff/mentoring/forms", "/hours/forms")
    client.sign_in(maren)
    assert "Behaviour 3" in client.get(mine).text
    assert client.submit(f"{mine}/sign", on=mine).status_code == 303
    assert client.submit(f"{mine}/give-back", {"word": "Too late"}, on="/hours/clients").status_code == 200
    assert [str(one.role) for one in all_of(school, FormSignature)] == ["author", "trainee"]
    words = PdfReader(io.BytesIO(client.get(f"{mine}.pdf").data))
    whole = " ".join(page.extract_text() for page in words.pages)
    assert "Keiko Shimabukuro" in whole
    assert "3:05" in whole
    assert all_of(school, FormSignature)[0].sha256[:20] in whole.replace("\n", "")
    assert all_of(school, MentorSession)[0].observed, "a signed observation makes its session an observed one"


def test_a_trainee_gives_a_form_back_with_a_word_and_the_next_version_is_signed_anew(
    client, school, mailbox, keiko, maren, session
):
    name = begun(school, keiko, session, WHOLE)
    with school.app.app_context():
        signing.offer(
            signing.form_of(name, author=db.session.merge(keiko)), actor=db.session.merge(keiko), at=school.now()
        )
        db.session.commit()
    client.sign_in(maren)
    assert (
        "Say what is not right"
        in client.submit(f"/hours/forms/{name}/give-back", {"word": ""}, on=f"/hours/forms/{name}").text
    )
    said = {"word": "At 3:05 that was my client speaking"}
    assert client.submit(f"/hours/forms/{name}/give-back", said, on=f"/hours/forms/{name}").status_code == 303
    assert client.get(f"/hours/forms/{name}").status_code == 404, "a draft is its author's alone"
    mailbox.deliver()
    assert "my client" not in mailbox.to(keiko.email)[-1].as_string()
    assert "my client speaking" in client.sign_in(keiko).get(f"/staff/mentoring/forms/{name}").text
    with school.app.app_context():
        form = signing.form_of(name, author=db.session.merge(keiko))
        signing.offer(form, actor=form.author, at=school.now())
        signing.sign(form, actor=form.user, at=school.now())
        db.session.commit()
    assert [(one.number, str(one.role)) for one in all_of(school, FormSignature)] == [
        (1, "author"),
        (2, "author"),
        (2, "trainee"),
    ]


def test_what_both_have_signed_is_written_no_more_and_a_changed_word_breaks_the_signatures(
    client, school, keiko, maren, session
):
    name = signed(school, keiko, maren, session)
    with school.app.app_context():
        form = signing.form_of(name, author=db.session.merge(keiko))
        mark = drafting.mark_of(drafting.version_of(form))
        with pytest.raises(Refused, match="signed"):
            drafting.save(form, Observation(), based_on=mark, actor=form.author, at=school.now())
        with pytest.raises(Refused, match="Both have signed"):
            signing.take_back(form, actor=form.author, at=school.now())
        db.session.rollback()
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("UPDATE form_signature SET sha256 = ''"))
        db.session.rollback()
        db.session.execute(text("UPDATE form_version SET sealed_content = :x"), {"x": encrypt("{}")})
        db.session.commit()
    assert "The words are not those that were signed" in client.sign_in(maren).get(f"/hours/forms/{name}").text


def test_nothing_that_was_said_lies_open_in_the_database(school, keiko, maren, session):
    signed(school, keiko, maren, session)
    with school.app.app_context():
        for table in ("form_version", "coaching_form", "letter", "audit_line"):
            assert SAID not in " ".join(map(str, db.session.execute(text(f"SELECT * FROM {table}")).all()))
        assert digest("x") != digest("y")


def test_a_form_is_seen_by_its_author_and_its_trainee_alone_and_signed_by_the_registrar_with_a_trace(
    client, school, keiko, maren, session
):
    draft, name = begun(school, keiko, session), signed(school, keiko, maren, session)
    client.sign_in(school.mentor_account("Rafael Monteiro"))
    assert client.get(f"/staff/mentoring/forms/{name}").status_code == 404
    client.sign_in(school.user("Stranger"))
    assert client.get(f"/hours/forms/{name}").status_code == 404
    client.sign_in(school.user("Rosa", "registrar"))
    assert client.get(f"/staff/hours/forms/{draft}.pdf").status_code == 404
    assert client.get(f"/staff/hours/forms/{name}.pdf").status_code == 200
    with school.app.app_context():
        verbs = db.session.scalars(select(AuditLine.verb)).all()
        line = db.session.get(LedgerEntry, session.entry_id).public_id
    assert verbs.count("form.read_by_staff") == 1
    assert f"/staff/hours/forms/{name}.pdf" in client.get(f"/staff/hours/{line}").text


def test_signed_eight_times_at_once_it_is_signed_once(school, keiko, maren, session):
    name = begun(school, keiko, session, WHOLE)
    with school.app.app_context():
        form = signing.form_of(name, author=db.session.merge(keiko))
        signing.offer(form, actor=form.author, at=school.now())
        db.session.commit()

    def press(_):
        with school.app.app_context():
            form = signing.form_of(name, trainee=db.session.merge(maren))
            signing.sign(form, actor=form.user, at=school.now())
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(8)))
    assert len(all_of(school, FormSignature)) == 2


def test_signed_observations_roll_up_to_a_review_that_the_engine_reads(client, school, keiko, maren, session):
    client.sign_in(keiko)
    begin = {"review-trainee": str(maren.id), "review-level": "ACC"}
    none_yet = client.submit("/staff/mentoring/forms/reviews", begin, on="/staff/mentoring/forms")
    assert "No Session Observation Form of this level is signed by both yet." in none_yet.text
    signed(school, keiko, maren, session)
    page = client.submit("/staff/mentoring/forms/reviews", begin, on="/staff/mentoring/forms").location
    shown = client.get(page).text
    assert "Behaviour 3" in shown
    typed = fields(shown) | {f"judgement-{n}": "met" for n in range(1, 9)} | {"judgement-8": "partly", "act": "offer"}
    assert "a comment that says what is not there yet" in client.submit(page, typed).text
    typed |= fields(client.get(page).text) | {"comment-8": "Let the client choose the next step."}
    assert client.submit(page, typed).status_code == 303
    mine = page.replace("/staff/mentoring/forms", "/hours/forms")
    client.sign_in(maren)
    assert client.submit(f"{mine}/sign", on=mine).status_code == 303
    whole = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(client.get(f"{mine}.pdf").data)).pages)
    assert "Shown in part" in whole
    assert "Behaviour 3" in whole


def has_review(school, user, credential, day):
    with school.app.app_context():
        found = evaluate(profile_of(user, credential, "portfolio", day))
    rows = {row["key"]: row["status"] for row in found["requirements"]}
    return rows["mentor.competency_review_form_by_mcs_required"]


@pytest.mark.parametrize(("specialization", "status"), [("PCC", "met"), (None, "not_met")])
def test_from_april_2027_the_review_counts_when_its_mentor_held_the_specialization(
    school, maren, specialization, status
):
    with time_machine.travel(datetime(2027, 4, 20, 12, tzinfo=UTC), tick=True):
        keiko = school.mentor_account(specialization=specialization)
        with school.app.app_context():
            session = school.mentor_session(maren, drafting.mentor_of(db.session.merge(keiko)))
        signed(school, keiko, maren, session)
        with school.app.app_context():
            by = db.session.merge(keiko)
            form = drafting.begin_review(by, maren.id, level=Level.ACC, at=school.now())
            review = Review(
                drafting.review_in(drafting.version_of(form)).observations, dict.fromkeys(range(1, 9), "met")
            )
            mark = drafting.mark_of(drafting.version_of(form))
            drafting.save(form, review, based_on=mark, actor=by, at=school.now())
            signing.offer(form, actor=by, at=school.now())
            signing.sign(form, actor=db.session.merge(maren), at=school.now())
            db.session.commit()
        assert has_review(school, maren, "ACC", date(2027, 5, 1)) == status
        assert has_review(school, maren, "PCC", date(2027, 5, 1)) == "not_met"


def test_both_sign_in_their_order_and_nothing_follows():
    assert FORM_MOVES.ends == {FormState.SIGNED, FormState.DROPPED}
    assert not FORM_MOVES.allows(FormState.DRAFT, FormState.SIGNED)
    assert set(FormKind) == {"session_observation", "competency_review"}
