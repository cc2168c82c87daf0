"""A mentor fills the Session Observation Form while the recording plays; both sign; several roll up to a review."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from credentials.evaluating import evaluate
from credentials.models import (
    FORM_MOVES,
    CoachingForm,
    FormKind,
    FormSignature,
    FormState,
    FormVersion,
    LedgerEntry,
    Level,
    MentorSession,
)
from credentials.observing import drafting, signing
from credentials.observing.contents import Evidence, Observation, Review, clock_seconds, clock_words, digest
from credentials.profiling import profile_of
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from foundation.secrets import encrypt

SAID = "What would your grandmother say to that?"
WHOLE = Observation(
    tuple(Evidence(n, 60 * n + 5, SAID, f"Behaviour {n}") for n in range(1, 8)),
    {8: "Not seen in this session: it ended before the closing."},
    "A strong session.",
)


@pytest.fixture
def keiko(school):
    return school.mentor_account()


@pytest.fixture
def maren(school):
    return school.user("Maren Oyelaran", email="maren@example.com")


@pytest.fixture
def session(school, keiko, maren):
    with school.app.app_context():
        mentor = drafting.mentor_of(db.session.merge(keiko))
        return school.mentor_session(maren, mentor)


def begun(school, keiko, session, content=None):
    """The form's public id; with a content, saved."""
    with school.app.app_context():
        by = db.session.merge(keiko)
        on = (school.now() - timedelta(days=3)).date()
        form = drafting.begin_observation(by, session.public_id, level=Level.ACC, about_on=on, at=school.now())
        if content:
            mark = drafting.mark_of(drafting.version_of(form))
            drafting.save(form, content, based_on=mark, actor=by, at=school.now())
        db.session.commit()
        return form.public_id


def signed(school, keiko, maren, session):
    name = begun(school, keiko, session, WHOLE)
    with school.app.app_context():
        form, at = signing.form_of(name, author=db.session.merge(keiko)), school.now()
        signing.offer(form, actor=form.author, at=at)
        signing.sign(form, actor=form.user, at=at)
        db.session.commit()
    return name


def all_of(school, model):
    with school.app.app_context():
        return db.session.scalars(select(model).order_by(model.id)).all()


@pytest.mark.parametrize(("text", "seconds"), [("12:34", 754), ("1:02:03", 3723), ("754", 754), ("0:00", 0)])
def test_a_moment_is_read_as_people_write_it(text, seconds):
    assert clock_seconds(text) == seconds
    assert clock_seconds(clock_words(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "12:60", "a:b", "1:2:3:4", "-5", "٣:٤", "99999:00"])
def test_what_is_no_moment_is_none(text):
    assert clock_seconds(text) is None


def test_a_form_is_ready_when_each_competency_has_evidence_or_a_note_that_says_why_not():
    assert WHOLE.missing() == []
    assert len(Observation().missing()) == 9
    halves = Observation((*WHOLE.evidence, Evidence(3, None, SAID, "")), WHOLE.notes)
    assert halves.missing() == [
        "3. Establishes and Maintains Agreements: each piece of evidence needs its moment and the behaviour"
    ]


def fields(page):
    import re

    return {"based_on": re.search(r'name="based_on"[^>]*value="([^"]+)"', page).group(1)}


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


def test_what_is_missing_is_listed_and_what_was_typed_is_kept(client, school, keiko, session):
    page = f"/staff/mentoring/forms/{begun(school, keiko, session)}"
    client.sign_in(keiko)
    typed = fields(client.get(page).text) | {"c1-0-at": "12:99", "c1-0-behaviour": "Names the frame", "act": "save"}
    wrong = client.submit(page, typed)
    assert wrong.status_code == 422
    assert "Write the moment as minutes and seconds" in wrong.text
    assert 'value="12:99"' in wrong.text
    unready = client.submit(page, typed | {"c1-0-at": "12:34", "act": "offer"})
    assert "8. Facilitates Client Growth: evidence, or a note" in unready.text
    assert "Names the frame" in client.get(page).text, "it was saved nevertheless"


def test_typing_makes_one_working_copy_and_what_was_saved_on_purpose_stays(client, school, keiko, session):
    page = f"/staff/mentoring/forms/{begun(school, keiko, session)}"
    client.sign_in(keiko)
    mark = fields(client.get(page).text)["based_on"]
    token = client.token(page)
    for n in range(4):
        said = {"csrf_token": token, "based_on": mark, "overall": f"Draft {n}"}
        mark = client.post(page, data=said, headers={"X-Autosave": "1"}).json["based_on"]
    assert [one.number for one in all_of(school, FormVersion)] == [1]
    client.post(page, data={"csrf_token": token, "based_on": mark, "overall": "Draft 3", "act": "save"})
    mark = fields(client.get(page).text)["based_on"]
    said = {"csrf_token": token, "based_on": mark, "overall": "Draft 4", "act": "save"}
    assert client.post(page, data=said).status_code == 303
    assert [one.is_kept for one in all_of(school, FormVersion)] == [True, True]
    assert "Draft 3" in client.get(f"{page}/versions/1").text


def test_two_pages_never_write_over_each_other(client, school, keiko, session):
    page = f"/staff/mentoring/forms/{begun(school, keiko, session)}"
    client.sign_in(keiko)
    mark = fields(client.get(page).text)
    assert client.submit(page, mark | {"overall": "From the desk", "act": "save"}).status_code == 303
    other = client.submit(page, mark | {"overall": "From the train", "act": "save"})
    assert "Another page has saved this form" in other.text
    assert "From the train" in other.text
    late = client.post(
        page, data=mark | {"overall": "x", "csrf_token": client.token(page)}, headers={"X-Autosave": "1"}
    )
    assert late.status_code == 409


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


def test_a_form_begins_in_a_session_that_the_mentor_gave(client, school, keiko, maren):
    other = school.mentor_session(maren, school.mentor("Another Mentor"))
    client.sign_in(keiko)
    page = client.get("/staff/mentoring/forms").text
    assert "No mentor session yet" in page
    with school.app.app_context(), pytest.raises(Exception, match=r".*"):
        drafting.begin_observation(
            db.session.merge(keiko), other.public_id, level=Level.ACC, about_on=date(2026, 1, 1), at=school.now()
        )


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


@pytest.mark.parametrize("where", ["/staff/mentoring/forms", "/hours/forms"])
def test_the_lists_ask_the_database_at_most_eight_things(client, school, queries, keiko, maren, session, where):
    signed(school, keiko, maren, session)
    begun(school, keiko, session)
    client.sign_in(keiko if where.startswith("/staff") else maren)
    with queries() as asked:
        assert client.get(where).status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


def test_a_dropped_draft_is_gone_from_the_list_and_a_signed_form_is_not_dropped(client, school, keiko, maren, session):
    name = begun(school, keiko, session)
    page = f"/staff/mentoring/forms/{name}"
    client.sign_in(keiko)
    assert client.submit(f"{page}/drop", on=page).status_code == 303
    assert name not in client.get("/staff/mentoring/forms").text
    assert name in client.get("/staff/mentoring/forms?state=dropped").text
    kept = signed(school, keiko, maren, session)
    client.submit(f"/staff/mentoring/forms/{kept}/drop", on=f"/staff/mentoring/forms/{name}")
    assert [str(one.state) for one in all_of(school, CoachingForm)] == ["dropped", "signed"]


def test_both_sign_in_their_order_and_nothing_follows():
    assert FORM_MOVES.ends == {FormState.SIGNED, FormState.DROPPED}
    assert not FORM_MOVES.allows(FormState.DRAFT, FormState.SIGNED)
    assert set(FormKind) == {"session_observation", "competency_review"}
