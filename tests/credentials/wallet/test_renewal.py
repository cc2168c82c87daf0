"""The wallet of a credential holder: what fills it, what it is measured against, and the clock that runs on it."""

import csv
import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from credentials.models import CceDocument, CceUnit, HeldCredential, Kind, LedgerEntry, Level
from credentials.renewing.counting import wallet_of
from credentials.renewing.holding import credentials_of
from credentials.standing import Assessed
from credentials.summing import totals_of
from enrollment.models import Level as Accreditation
from foundation.clock import today
from foundation.db import db
from tests.credentials.wallet.conftest import squeezed

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def sums(app, user, credential="PCC", on=None):
    """What the engine says of the wallet: by requirement, minutes that are there."""
    with app.app_context():
        held = credentials_of(db.session.merge(user))
        wallet = wallet_of(user.id, held)
        answer = Assessed(wallet, credential, "renewal", on or today("America/New_York")).assessment
        return {row["key"].removeprefix("renewal.").removesuffix("_min"): row["have"] for row in answer["requirements"]}


def told(**said):
    usual = {"title": "Ethics at the edges", "provider": "Far Shore", "on": "2026-03-14", "core": "1:30"}
    return usual | {"ethics": "0,5", "resource": "60 min"} | said


def with_pdf(content=PDF, name="certificate.pdf", **said):
    return {"data": told(**said) | {"document": (io.BytesIO(content), name)}, "content_type": "multipart/form-data"}


def note(page, **more):
    return page.submit("/hours/renewal/units/new", **more)


def test_supervision_is_noted_apart_and_counts_as_core_up_to_ten_hours(app, page, holder):
    page.submit("/hours/renewal/credential", {"level": "PCC", "granted_on": "2024-12-05", "expires_on": "2027-12-31"})
    before = sums(app, holder)["cce_core"]
    said = told(core="", ethics="", resource="", supervision="12", title="Supervision group")
    assert note(page, data=said).status_code == 303
    assert sums(app, holder)["cce_core"] == before + 600
    shown = squeezed(page.get("/hours/renewal"))
    assert "12 h supervision" in shown
    assert "at most 10 hours of supervision count in a cycle" in shown
    assert "Supervision minutes" in page.get("/hours/renewal.csv").text


def test_without_a_credential_the_page_leads_to_recording_one(page):
    assert "Record your credential" in squeezed(page.get("/hours/renewal"))
    said = {"level": "PCC", "granted_on": "2024-12-05", "expires_on": "2027-12-31", "number": "009123456"}
    assert page.submit("/hours/renewal/credential", said).status_code == 303
    shown = squeezed(page.get("/hours/renewal"))
    for words in ("Your PCC is good until December 31, 2027", "009123456", "of 40 h", "of 24 h", "of 3 h"):
        assert words in shown


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"granted_on": "2099-01-01"}, "This day has not come yet"),
        ({"granted_on": "1990-01-01"}, "Look at the year again"),
        ({"expires_on": "2024-12-05"}, "It expires after it was granted"),
        ({"expires_on": "2099-12-31"}, "A credential lasts three years"),
        ({"expires_on": ""}, "Give the day"),
    ],
)
def test_a_credential_that_cannot_be_is_answered_beside_the_field(app, page, said, words):
    usual = {"level": "PCC", "granted_on": "2024-12-05", "expires_on": "2027-12-31"}
    assert words in squeezed(page.submit("/hours/renewal/credential", usual | said))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(HeldCredential)) == 0


def test_a_record_is_made_once_and_taken_back_by_a_second_one(app, page, holder):
    said = {"level": "PCC", "granted_on": "2024-12-05", "expires_on": "2027-12-31"}
    page.submit("/hours/renewal/credential", said)
    assert "This is recorded already" in squeezed(page.submit("/hours/renewal/credential", said))
    action = re.search(
        r'action="(/hours/renewal/credential/[^"]+/withdraw)"', page.get("/hours/renewal/credential").text
    )
    assert page.submit(action.group(1), on="/hours/renewal/credential").status_code == 303
    assert "No credential recorded yet" in squeezed(page.get("/hours/renewal"))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(HeldCredential)) == 2
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(text("DELETE FROM held_credential"))
        db.session.rollback()
    assert page.submit("/hours/renewal/credential", said).status_code == 303


def test_accredited_classes_fill_the_wallet_from_the_day_of_the_grant_by_their_map_of_core_and_ethics(
    app, school, holder
):
    school.held_credential(holder, granted_on=date(2024, 12, 5), expires_on=date(2027, 12, 31))
    made = {"minutes": 480, "core_minutes": 360, "synchronous_minutes": 480}
    ethics = school.program("Ethics evenings", level=Accreditation.CCE, facts={"ethics_minutes": 90}, **made)
    own = school.program("Our own", level=Accreditation.NONE, **made)
    evening = school.enrollment(holder, school.cohort(of=ethics))
    school.lesson_hours(evening, minutes=240, core=180, on=date(2025, 3, 1))
    school.lesson_hours(evening, minutes=240, core=180, on=date(2024, 12, 4))
    school.lesson_hours(school.enrollment(holder, school.cohort(of=own)), minutes=60, on=date(2025, 3, 2))
    found = sums(app, holder, on=date(2027, 6, 1))
    assert (found["cce_total"], found["cce_core"], found["cce_ethics"]) == (240, 180, 45)


def test_units_by_hand_are_hours_as_people_write_them_and_stand_in_the_ledger(app, page, holder, school):
    school.held_credential(holder, granted_on=date(2024, 12, 5), expires_on=date(2027, 12, 31))
    assert note(page, data=told()).status_code == 303
    found = sums(app, holder, on=date(2027, 6, 1))
    assert (found["cce_total"], found["cce_core"], found["cce_ethics"]) == (180, 120, 30)
    with app.app_context():
        assert totals_of(holder.id).minutes(Kind.CCE) == 180
        assert totals_of(holder.id).core_minutes(Kind.CCE) == 120
    assert "3 h" in squeezed(page.get("/hours/ledger?kind=cce"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"core": "some"}, "Write hours, such as 6 or 1.5 or 1:30"),
        ({"core": "", "ethics": "", "resource": ""}, "Say how many hours it had"),
        ({"core": "101"}, "More than 100 hours in one"),
        ({"on": "2099-01-01"}, "This day has not come yet"),
        ({"title": ""}, "Name the course"),
    ],
)
def test_a_course_that_cannot_be_is_answered_beside_the_field_and_kept_as_typed(app, page, said, words):
    shown = squeezed(note(page, data=told(**said)))
    assert words in shown
    assert 'value="Far Shore"' in shown
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CceUnit)) == 0


def test_the_form_sent_twelve_times_at_once_notes_one_course(app, page, holder):
    form = page.get("/hours/renewal/units/new").get_data(as_text=True)
    said = told() | {n: re.search(rf'name="{n}"[^>]*value="([^"]+)"', form).group(1) for n in ("csrf_token", "once")}
    cookie = page.get_cookie("session").value

    def send(_):
        browser = app.test_client()
        browser.set_cookie("session", cookie)
        return browser.post("/hours/renewal/units/new", data=said).status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(send, range(12))) == {303}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CceUnit)) == 1
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 1


def test_a_course_can_be_undone_and_then_counts_nothing(app, page, holder, school):
    school.held_credential(holder)
    unit = school.cce_unit(holder)
    assert sums(app, holder)["cce_ethics"] == 60
    for _ in range(2):
        page.submit(f"/hours/renewal/units/{unit.public_id}/undo", on="/hours/renewal/units/new")
    assert sums(app, holder)["cce_ethics"] == 0
    assert page.get(f"/hours/renewal/units/{unit.public_id}").status_code == 404


def test_a_document_is_kept_byte_for_byte_and_given_to_its_owner_and_the_registrar_alone(app, client, page, school):
    note(page, **with_pdf(name="..\\mine.pdf"))
    with app.app_context():
        name = db.session.scalars(select(CceDocument.public_id)).one()
        line = db.session.scalars(select(LedgerEntry.public_id)).one()
        unit = db.session.scalars(select(CceUnit.public_id)).one()
    assert "mine.pdf" in squeezed(page.get(f"/hours/renewal/units/{unit}"))
    given = page.get(f"/hours/renewal/documents/{name}")
    assert given.data == PDF
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert page.get(f"/staff/hours/documents/{name}").status_code == 403
    client.sign_in(school.user("Rosa", "registrar"))
    assert f"/staff/hours/documents/{name}" in squeezed(client.get(f"/staff/hours/{line}"))
    assert client.get(f"/staff/hours/documents/{name}").data == PDF
    client.sign_in(school.user("Stranger"))
    for url in (f"/hours/renewal/documents/{name}", f"/hours/renewal/units/{unit}"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script></html>", b"", b"MZ\x90", PDF + b"/JavaScript"])
def test_a_document_is_judged_by_its_content_and_nothing_is_noted_with_a_wrong_one(app, page, content):
    shown = squeezed(note(page, **with_pdf(content)))
    assert 'id="document-error"' in shown
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_further_documents_stand_with_the_course_and_the_same_one_once(app, page, holder, school):
    unit = school.cce_unit(holder)
    for content in (PDF, PDF, PDF.replace(b"1 0 obj", b"2 0 obj")):
        data = {"document": (io.BytesIO(content), "a.pdf")}
        url = f"/hours/renewal/units/{unit.public_id}"
        assert page.submit(url, data, content_type="multipart/form-data").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CceDocument)) == 2


def test_mentor_coaching_fills_the_wallet_of_an_acc_and_is_asked_for(app, page, holder, school):
    school.held_credential(holder, level=Level.ACC)
    keiko = school.mentor(specialization="PCC", specialization_since=date(2026, 9, 1))
    school.mentor_session(holder, keiko, minutes=120)
    assert sums(app, holder, "ACC")["mentor_hours"] == 120
    assert sums(app, holder, "ACC")["cce_core"] == 120
    assert "Mentor coaching in the cycle" in squeezed(page.get("/hours/renewal"))


def test_the_csv_and_the_pack_add_up_to_what_the_page_says(app, page, holder, school):
    school.held_credential(holder)
    recent = (today("America/New_York") - timedelta(days=60)).isoformat()
    note(page, **with_pdf(on=recent))
    note(page, data=told(title="=1+1", on=recent))
    found = list(csv.DictReader(io.StringIO(page.get("/hours/renewal.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert sum(int(row[f"{kind} minutes"]) for row in found for kind in ("Core", "Ethics", "Resource")) == 360
    assert "'=1+1" in {row["What"] for row in found}
    pack = zipfile.ZipFile(io.BytesIO(page.get("/hours/renewal.zip").data))
    listed = list(csv.DictReader(io.StringIO(pack.read("units.csv").decode("utf-8-sig"))))
    (named,) = [row["Files"] for row in listed if row["Files"]]
    assert pack.read(named) == PDF


def test_the_page_asks_no_more_the_more_there_is(page, holder, school, queries):
    school.held_credential(holder, level=Level.ACC)
    made = {"minutes": 480, "core_minutes": 360, "synchronous_minutes": 480}
    for number in range(6):
        program = school.program(f"Evening {number}", level=Accreditation.CCE, **made)
        recent = today("America/New_York") - timedelta(days=20 + number)
        school.lesson_hours(school.enrollment(holder, school.cohort(of=program)), minutes=60, on=recent)
        school.cce_unit(holder, title=f"Course {number}")
        school.mentor_session(holder, school.mentor(f"Mentor {number}"))
    for url in ("/hours/renewal", "/hours/renewal.csv", "/hours/renewal/credential"):
        page.get(url)
        with queries() as seen:
            assert page.get(url).status_code == 200
        assert seen.count <= 8, (url, seen.sent)
