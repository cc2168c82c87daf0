"""The same person, written down twice, becomes one client: the hours stay, the count of clients does not."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from accounts.models import User
from credentials.coaching_log import merging
from credentials.coaching_log.importing import taking
from credentials.coaching_log.keeping_clients import add_client
from credentials.coaching_log.logging_sessions import Told, log_session
from credentials.models import Client, ClientMerge, CoachingSession, Consent, Format, Kind, LedgerEntry, Payment
from credentials.profiling import profile_of
from credentials.summing import totals_of
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.reading import words


@pytest.fixture
def page(client, ana):
    return client.sign_in(ana)


@pytest.fixture
def twice(school, ana):
    """Wren, as typed on two evenings: two sessions with the first, one with the second."""
    first = school.coached_client(ana, "Wren Castellanos", contact="", consent_on=date(2026, 1, 5))
    second = school.coached_client(ana, "Castellanos, Wren", contact="w@example.com", consent_on=date(2026, 3, 5))
    for number, known in enumerate((first, first, second)):
        school.coaching_session(ana, known, minutes=60 + number, notes=f"note {number}")
    return first, second


def distinct(school, user):
    """What the engine counts: whole minutes in the ledger, sessions, different clients."""
    with school.app.app_context():
        told = profile_of(db.session.get_one(User, user.id), "ACC", "level", date(2026, 12, 1))["sessions"]
        return totals_of(user.id).minutes(Kind.COACHING), len(told), len({one["clients"][0] for one in told})


def merged(page, kept, gone, said=None, **form):
    """The two are made one on the page; the address one comes to."""
    wishes = {"keep": kept.public_id, "consent": (said or kept).public_id} | form
    return page.submit(f"/hours/clients/{gone.public_id}/merge/{kept.public_id}", wishes)


def test_two_clients_become_one_and_the_engine_sees_one(page, school, ana, twice):
    kept, gone = twice
    assert distinct(school, ana) == (183, 3, 2)
    found = page.get(f"/hours/clients/{gone.public_id}/merge").text
    assert "Wren Castellanos" in found and "Compare" in found
    side = page.get(f"/hours/clients/{gone.public_id}/merge/{kept.public_id}").text
    assert "Side by side" in side and "What moves" in side and "2 h 1 min" in side
    assert merged(page, kept, gone).location.endswith(kept.public_id)
    assert distinct(school, ana) == (183, 3, 1)
    every = page.get("/hours/clients").text
    assert "Castellanos, Wren" not in every and "w@example.com" in every
    assert "Castellanos, Wren" not in page.get("/hours/log").text
    assert "stands in your log as" in words(page.get(f"/hours/clients/{gone.public_id}"))


def test_merged_by_two_clicks_they_are_merged_once_and_no_ledger_line_changes(page, school, twice):
    with school.app.app_context():
        before = [
            (one.title, one.evidence, one.minutes)
            for one in db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        ]
    for _ in range(2):
        merged(page, *twice)
    with school.app.app_context():
        assert len(db.session.scalars(select(ClientMerge)).all()) == 1
        after = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
        assert [(one.title, one.evidence, one.minutes) for one in after] == before
        told = db.session.scalars(select(AuditLine).where(AuditLine.verb == "client.merged")).one()
        assert told.facts["into"] == "C-01" and told.facts["sessions"] == 1 and "Wren" not in str(told.facts)


def test_a_merge_is_undone_with_the_sessions_that_moved_and_what_corrected_them(page, school, ana, twice):
    kept, gone = twice
    merged(page, kept, gone)
    with school.app.app_context():
        moved = db.session.scalars(select(CoachingSession).where(CoachingSession.minutes == 62)).one()
    form = {"client": kept.public_id, "on": moved.on.isoformat(), "minutes": "90", "payment": "paid"}
    assert page.submit(f"/hours/log/{moved.public_id}", form).status_code == 303
    shown = page.get(f"/hours/clients/{kept.public_id}").text
    undo = re.search(r'action="(/hours/merges/[^"]+/undo)"', shown).group(1)
    for _ in range(2):
        assert page.submit(undo, on=f"/hours/clients/{kept.public_id}").status_code == 303
    assert distinct(school, ana) == (60 + 61 + 90, 3, 2)
    again = page.get(f"/hours/clients/{kept.public_id}").text
    assert "Undone" in again and "w@example.com" not in re.sub(r"(?s)<section.*", "", again)
    assert "Castellanos, Wren" in page.get("/hours/clients").text


def test_where_consents_differ_the_stricter_is_offered_and_both_stay_provable(page, school, ana, twice):
    kept, _ = twice
    no = school.coached_client(ana, "Wren C.", consent=Consent.REFUSED, consent_on=None)
    school.coaching_session(ana, no, minutes=30)
    side = page.get(f"/hours/clients/{kept.public_id}/merge/{no.public_id}").text
    assert re.search(rf'checked[^>]*name="consent"[^>]*value="{re.escape(no.public_id)}"', side)
    merged(page, kept, no, said=no)
    with school.app.app_context():
        both = [db.session.get_one(Client, one.id) for one in (kept, no)]
        assert [one.consent for one in both] == [Consent.REFUSED] * 2
    shown = words(page.get(f"/hours/clients/{kept.public_id}"))
    assert "C-03: does not agree" in shown and "C-01: agrees to stand in my log, Jan 5, 2026" in shown
    pack = zipfile.ZipFile(io.BytesIO(page.get("/hours/log/audit-pack.zip").data))
    consents = pack.read("consents.csv").decode("utf-8-sig")
    assert "C-03,Wren C." in consents and consents.count("C-01") == 2
    page.submit(
        re.search(r'(/hours/merges/[^"]+/undo)"', page.get(f"/hours/clients/{kept.public_id}").text).group(1),
        on="/hours/clients/" + kept.public_id,
    )
    with school.app.app_context():
        assert db.session.get_one(Client, kept.id).consent == Consent.GIVEN


def test_a_client_of_another_trainee_is_not_there_on_either_side(page, school, client, twice):
    kept, gone = twice
    other = school.coached_client(school.user("Somebody Else"), "Wren Castellanos")
    for one, two in ((kept, other), (other, kept)):
        assert page.get(f"/hours/clients/{one.public_id}/merge/{two.public_id}").status_code == 404
        sent = {"keep": one.public_id, "consent": two.public_id}
        assert (
            page.submit(f"/hours/clients/{one.public_id}/merge/{two.public_id}", sent, on="/hours/log").status_code
            == 404
        )
    assert page.get(f"/hours/clients/{other.public_id}/merge").status_code == 404
    merged(page, kept, gone)
    with school.app.app_context():
        made = db.session.scalars(select(ClientMerge)).one().public_id
    client.sign_in(school.user("Stranger"))
    assert client.submit(f"/hours/merges/{made}/undo", on="/hours/log").status_code == 404


def test_what_can_t_be_merged_says_so_beside_the_form(page, school, ana, twice):
    kept, gone = twice
    assert "merged with themselves" in merged(page, kept, kept).text
    assert (
        "Choose who stays" in merged(page, kept, gone, keep="").text
        or "Not a valid choice" in merged(page, kept, gone, keep="x").text
    )
    third = school.coached_client(ana, "Mara Quist")
    merged(page, kept, gone)
    assert "merged already" in merged(page, third, gone).text


def test_one_with_nobody_to_merge_with_is_told_so_and_search_narrows(page, school, ana):
    alone = school.coached_client(ana, "Wren Castellanos")
    assert "Nobody else is in your log" in page.get(f"/hours/clients/{alone.public_id}/merge").text
    for number in range(35):
        school.coached_client(ana, f"Person {number:02d}", contact=f"p{number}@example.com")
    school.coached_client(ana, "wren castelanos", contact="")
    url = f"/hours/clients/{alone.public_id}/merge"
    every = page.get(url).text
    assert every.index("wren castelanos") < every.index("Person") and "Page 1 of 2" in every
    assert "Person 07" in page.get(f"{url}?words=p7@").text and "Person 08" not in page.get(f"{url}?words=p7@").text
    assert "No client is like that" in page.get(f"{url}?words=nobody").text


def test_the_page_of_candidates_and_the_comparison_ask_little(page, twice, queries):
    kept, gone = twice
    for url in (f"/hours/clients/{kept.public_id}/merge", f"/hours/clients/{kept.public_id}/merge/{gone.public_id}"):
        with queries() as seen:
            page.get(url)
        assert seen.count <= 8, seen


def test_an_old_form_and_a_new_import_that_name_the_one_who_went_mean_the_one_who_stays(page, school, ana, twice):
    kept, gone = twice
    stale = re.search(r'name="once"[^>]*value="([^"]+)"', page.get("/hours/log").text).group(1)
    merged(page, kept, gone)
    form = {"once": stale, "client": gone.public_id, "on": "2026-03-03", "minutes": "45", "payment": "paid"}
    assert page.submit("/hours/log", form).status_code == 303
    with school.app.app_context():
        user = db.session.get_one(User, ana.id)
        log = b'Client,Date,Minutes,Paid\ncastellanos,  WREN,x\n"Castellanos, Wren",2026-04-04,60,yes\n'
        taking.take(user, log, "a.csv", at=school.now())
        db.session.commit()
        assert db.session.scalars(select(CoachingSession.client_id).distinct()).all() == [kept.id]


def test_whoever_is_forgotten_is_forgotten_under_both_names(page, school, twice):
    kept, gone = twice
    merged(page, kept, gone)
    page.submit(f"/hours/clients/{kept.public_id}/forget", on="/hours/log")
    with school.app.app_context():
        assert [one.sealed_name for one in db.session.scalars(select(Client)).all()] == ["", ""]
        with pytest.raises(Refused, match="forgotten"):
            merging.undo(
                db.session.scalars(select(ClientMerge)).one(), user=db.session.get(User, kept.user_id), at=school.now()
            )


def test_staff_read_on_a_line_that_its_code_was_merged(page, school, client, twice, rosa):
    kept, gone = twice
    merged(page, kept, gone)
    with school.app.app_context():
        line = db.session.scalars(select(LedgerEntry).where(LedgerEntry.minutes == 62)).one().public_id
    shown = words(client.sign_in(rosa).get(f"/staff/hours/{line}"))
    assert "C-02 was merged into C-01 since" in shown and "Wren" not in shown


def test_who_looks_like_one_person_is_pointed_out_on_the_list_of_clients(page, school, ana, twice):
    kept, gone = twice
    school.coached_client(ana, "Mara Quist", contact="MARA@example.com")
    school.coached_client(ana, "M. Q.", contact="mara@example.com")
    shown = page.get("/hours/clients").text
    assert "Perhaps the same persons" in shown
    assert f"/hours/clients/{kept.public_id}/merge/{gone.public_id}" in shown and "M. Q. (C-04)" in shown
    merged(page, kept, gone)
    assert f"/merge/{gone.public_id}" not in page.get("/hours/clients").text


PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6)
LENGTHS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 120)), min_size=1, max_size=8)


@settings(max_examples=15)
@given(pairs=PAIRS, lengths=LENGTHS, back=st.integers(0, 6))
def test_whoever_is_merged_and_parted_in_whatever_order_the_minutes_stay(school, pairs, lengths, back):
    with school.app.app_context():
        user = db.session.get_one(User, school.user().id)
        wishes = {"consent": Consent.GIVEN, "consent_on": None, "at": school.now()}
        clients = [add_client(user, name=f"Person {n}", **wishes) for n in range(5)]
        for who, minutes in lengths:
            on = date(2026, 1, 1) + timedelta(days=minutes)
            log_session(user, Told(clients[who], on, minutes, Format.INDIVIDUAL, 1, Payment.PAID), at=school.now())
        before, made = _whose(user), []
        for one, other in pairs:
            kept, gone = clients[one].standing, clients[other].standing
            if kept is not gone:
                made.append(merging.merge(user, kept, gone, consent_of=kept, at=school.now()))
        groups = {clients[who].standing.id for who, _ in lengths}
        assert sorted(minutes for _, minutes in before) == sorted(minutes for _, minutes in _whose(user))
        assert {client for client, _ in _whose(user)} == groups
        for one in made[::-1][: back + 1] if back < len(made) else made[::-1]:
            merging.undo(one, user=user, at=school.now())
        if back >= len(made):
            assert _whose(user) == before
        assert totals_of(user.id).minutes(Kind.COACHING) == sum(minutes for _, minutes in lengths)
        db.session.rollback()


def _whose(user):
    one = CoachingSession
    return [
        tuple(row)
        for row in db.session.execute(select(one.client_id, one.minutes).where(one.user_id == user.id).order_by(one.id))
    ]
