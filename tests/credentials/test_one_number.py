"""Two pages never show two numbers: the same hours on every page, paper, letter, file and in the command."""

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta

import openpyxl
import pypdf
import pytest
from sqlalchemy import select, text

from accounts.models import User
from credentials import certifying
from credentials.awarding import reverse
from credentials.models import LedgerEntry, Paper, Payment
from credentials.profiling import profile_of
from credentials.reviewing import send_back
from enrollment.models import Enrollment
from foundation.db import db
from foundation.filters import decimal_hours, hours
from tests.credentials.reading import words

BY_HAND = """
    SELECT e.kind, r.state, sum(e.minutes) FROM ledger_entry e
    JOIN ledger_review r ON r.entry_id = coalesce(e.reverses_id, e.id) GROUP BY 1, 2
"""
WAITING = ("logged", "sent")


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def person(school, rosa):
    """Odd minutes of every kind: checked, waiting, returned and taken back."""
    place = school.graduate_to_be("Ana Lima", minutes=1817, facts={"mentor_minutes": 60})
    with school.app.app_context():
        user = db.session.get_one(User, place.user_id)
    school.lesson_hours(place, minutes=43, core=20, synchronous=False, on=date(2026, 4, 2), title="Reading")
    client = school.coached_client(user, "Secretia Name")
    days = iter(range(3, 20))

    def coached(minutes, payment=Payment.PAID):
        on = (school.now() - timedelta(days=next(days))).date()
        return school.coaching_session(user, client, minutes=minutes, payment=payment, on=on).entry_id

    lines = [coached(77), coached(41, Payment.PRO_BONO), coached(53), coached(61), coached(90)]
    _settle(school, rosa, lines)
    keiko = school.mentor(specialization="PCC", specialization_since=date(2026, 9, 1))
    mentoring = school.mentor_session(user, keiko, minutes=67).entry_id
    school.mentor_session(user, keiko, minutes=29)
    with school.app.app_context():
        first = db.session.get_one(LedgerEntry, mentoring)
        db.session.expunge(first)
    school.checked(school.sent(first), rosa)
    return place


def _settle(school, rosa, lines):
    """The first is checked, the fourth comes back from review, the last is taken back; the others wait."""
    with school.app.app_context():
        found = [db.session.get_one(LedgerEntry, one) for one in lines]
        db.session.expunge_all()
    school.checked(school.sent(found[0]), rosa)
    school.sent(found[3])
    with school.app.app_context():
        actor = db.session.get_one(User, rosa.id)
        send_back([found[3].public_id], actor, school.now(), reason="On which day?")
        reverse(db.session.get_one(LedgerEntry, lines[4]), "Logged twice", actor, school.now())
        db.session.commit()


@pytest.fixture
def sums(school, person):
    """Minutes by kind, straight from the tables: what is checked, what waits, both."""
    with school.app.app_context():
        rows = [tuple(row) for row in db.session.execute(text(BY_HAND))]
    made = {}
    for kind in ("education", "coaching", "mentor"):
        checked = sum(int(m) for k, state, m in rows if k == kind and state == "checked")
        waiting = sum(int(m) for k, state, m in rows if k == kind and state in WAITING)
        made[kind] = (checked, waiting, checked + waiting)
    made["all"] = tuple(sum(made[kind][n] for kind in ("education", "coaching", "mentor")) for n in range(3))
    return made


def paper(answer):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages).split())


def wrong(readings):
    """What was read wrongly: the place, what it said, what it should say."""
    faults = []
    for place, told, pattern, expected in readings:
        found = re.search(pattern, told)
        if found is None or found.group(1) != expected:
            faults.append((place, found.group(1) if found else f"nothing like {pattern}: {told[:2000]}", expected))
    return faults


def test_the_numbers_are_those_of_the_ledger_by_hand(sums):
    assert sums["education"] == (1817, 43, 1860)
    assert sums["coaching"] == (77, 94, 171)
    assert sums["mentor"] == (67, 29, 96)


NUMBER = r"((?:[\d,]+ h)?(?: ?\d+ min)?)"
RING = {"education": "Coach-specific education", "coaching": "Coaching experience", "mentor": "Mentor coaching"}


def signed_in(client, school, person):
    with school.app.app_context():
        return client.sign_in(db.session.get_one(User, person.user_id))


def test_every_page_of_hers_shows_the_same_number(client, school, person, sums):
    signed_in(client, school, person)
    page, told = client.get("/hours").text, words(client.get("/hours"))
    dashboard, log, ledger = (words(client.get(one)) for one in ("/learn", "/hours/log", "/hours/ledger"))
    export, mentoring = words(client.get("/hours/log/export")), words(client.get("/hours/mentoring"))
    transcript = words(client.get("/hours/transcript"))
    education, coaching, mentor, every = (sums[name] for name in ("education", "coaching", "mentor", "all"))
    readings = [
        *((f"ring: {kind}", page, rf"{RING[kind]}: (\S+) of", decimal_hours(sums[kind][2])) for kind in RING),
        *(
            (f"side by side: {kind}", told, rf"{RING[kind]} (?:Met|Not met yet) {NUMBER} of", hours(sums[kind][2]))
            for kind in RING
        ),
        ("ledger", ledger, f"{NUMBER} in all", hours(every[2])),
        ("log", log, f"{NUMBER} logged", hours(coaching[2])),
        ("export", export, f"{NUMBER} logged", hours(coaching[2])),
        ("export: returned", export, f"{NUMBER} came back", hours(61)),
        ("export: paid", export, f"{NUMBER} paid", hours(coaching[2] - 41)),
        ("mentoring", mentoring, f"{NUMBER} received", hours(mentor[2])),
        ("dashboard: in all", dashboard, f"{NUMBER} of education in all", hours(education[2])),
        ("dashboard: ring", dashboard, r"Education in this program: (\S+) of", decimal_hours(education[0])),
        ("dashboard: checklist", dashboard, rf"Education {NUMBER} of [^,]+ checked", hours(education[0])),
        ("dashboard: waiting", dashboard, rf"checked, {NUMBER} waiting", hours(education[1])),
        *(
            (f"transcript: {kind}", transcript, rf"{named} {NUMBER} {hours(sums[kind][1])}", hours(sums[kind][0]))
            for kind, named in (("education", "Education"), ("coaching", "Coaching"), ("mentor", "Mentor coaching"))
        ),
        ("transcript: waiting", transcript, rf"{NUMBER} in \d+ lines wait", hours(every[1])),
    ]
    assert wrong(readings) == []


def test_what_is_missing_is_the_same_on_the_page_and_from_the_command(client, app, school, person, sums, tmp_path):
    signed_in(client, school, person)
    page = client.get("/hours").text
    file = tmp_path / "profile.json"
    with app.app_context():
        user = db.session.get_one(User, person.user_id)
        file.write_text(json.dumps(profile_of(user, "ACC", "portfolio", school.now().date())))
    page = client.get("/hours?credential=ACC&path=portfolio").text
    result = app.test_cli_runner().invoke(args=["credentials", "evaluate", str(file)])
    rows = {one["label"]: one for one in json.loads(result.stdout)["requirements"] if one["unit"] == "minutes"}
    for kind, label in RING.items():
        row = rows[label]
        assert (kind, row["have"]) == (kind, sums[kind][2])
        assert row["missing"] == max(0, row["required"] - sums[kind][2])
        note = re.search(rf"{label}: .*?(missing [^<]+|complete)</", page, re.S).group(1)
        assert (kind, note) == (kind, f"missing {hours(row['missing'])}" if row["missing"] else "complete")


def test_the_staffs_pages_show_the_same_number(client, school, person, rosa, sums):
    staff = client.sign_in(rosa)
    about, provider = words(staff.get(f"/staff/people/{person.user_id}")), words(staff.get("/staff/accreditation"))
    transcript = words(staff.get(f"/staff/hours/transcripts/{person.user_id}"))
    named = {"education": "Education", "coaching": "Coaching", "mentor": "Mentor coaching", "all": "In all"}
    readings = []
    for kind, label in named.items():
        checked, waiting, both = (hours(minutes) for minutes in sums[kind])
        readings.append((f"person: {kind}", about, rf"{label} {NUMBER}, of which {waiting} wait", both))
        if kind != "all":
            readings.append((f"school: {kind}", provider, rf"{label} {checked} {waiting} {NUMBER}", both))
            readings.append((f"transcript: {kind}", transcript, rf"{label} {NUMBER} {waiting}", checked))
    assert wrong(readings) == []


def test_the_papers_and_letters_say_the_same_number(client, app, school, person, rosa, sums, mailbox):
    signed_in(client, school, person)
    client.submit("/hours/transcript")
    client.submit("/hours/passport")
    with app.app_context():
        place = db.session.get_one(Enrollment, person.id)
        number = certifying.issue(place, db.session.get_one(User, rosa.id), school.now()).number
        address = place.user.email
        db.session.commit()
        papers = {one.kind: one for one in db.session.scalars(select(Paper))}
        facts = {kind: one.facts for kind, one in papers.items()}
        numbers = {kind: one.number for kind, one in papers.items()}
    mailbox.deliver()
    certificate = paper(client.get(f"/hours/certificates/{number}.pdf"))
    transcripts = [paper(client.get(f"/hours/transcript{one}.pdf")) for one in ("", f"/{numbers['transcript']}")]
    passport = paper(client.get(f"/hours/passport/{numbers['passport']}.pdf"))
    letter = next(one for one in mailbox.to(address) if "certificate" in one["Subject"])
    education, every = hours(sums["education"][0]), hours(sums["all"][0])
    readings = [
        ("certificate", certificate, f"{NUMBER} in all", education),
        ("certificate: mentor", certificate, f"{NUMBER} Mentor coaching", hours(sums["mentor"][0])),
        *(
            (f"transcript: {n}", told, rf"In all {NUMBER} {hours(sums['all'][1])}", every)
            for n, told in enumerate(transcripts)
        ),
        ("passport", passport, rf"Education {NUMBER} {hours(sums['education'][1])}", education),
        ("verify", words(client.get(f"/verify/{number}")), f"Hours in all {NUMBER}", education),
        ("letter", letter.get_body(("plain",)).get_content(), rf", {NUMBER} of it", education),
    ]
    assert wrong(readings) == []
    for kind in ("transcript", "passport"):
        told = {one["kind"]: (one["checked"], one["waiting"]) for one in facts[kind]["minutes"]}
        assert told == {name: sums[name][:2] for name in ("education", "coaching", "mentor")}
    lines = facts["passport"]["lines"]
    assert sum(one["minutes"] for one in lines if one["state"] != "returned") == sums["all"][2]
    assert sum(one["minutes"] for one in facts["transcript"]["lines"]) == sums["all"][0]
    assert sum(one["minutes"] for one in facts["transcript"]["waiting"]) == sums["all"][1]


def test_the_files_hold_the_same_number(client, school, person, sums):
    signed_in(client, school, person)
    coaching, every = sums["coaching"][2], sums["all"][2]
    rows = list(csv.DictReader(io.StringIO(client.get("/hours/ledger.csv").data.decode("utf-8-sig"))))
    assert sum(int(row["Counted minutes"]) for row in rows) == every
    pack = zipfile.ZipFile(io.BytesIO(client.get("/hours/log/audit-pack.zip").data))
    readme = pack.read("README.txt").decode()
    sessions = list(csv.DictReader(io.StringIO(pack.read("sessions.csv").decode("utf-8-sig"))))
    counted = [one for one in sessions if one["Stands"] == "yes" and one["State"] != "Returned"]
    data = json.loads(client.get("/hours/log/my-data.json").data)["sessions"]
    readings = [
        ("pack: logged", readme, r"on the page of the log: +(\d+) minutes", str(coaching)),
        ("pack: in ICF's log", readme, r"In ICF's log: +(\d+) minutes", str(coaching)),
        ("pack: returned", readme, r"\(returned\): +(\d+) minutes", "61"),
    ]
    assert wrong(readings) == []
    assert sum(int(one["Minutes"]) for one in counted) == coaching
    assert sum(s["minutes"] for s in data if not s["taken_back"] and s["state"] != "returned") == coaching
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/hours/log/icf.xlsx").data)).active
    assert [str(cell.value) for cell in sheet[sheet.max_row][6:8]] == [decimal_hours(coaching - 41), decimal_hours(41)]
    listed = list(csv.DictReader(io.StringIO(client.get("/hours/log/icf.csv").data.decode("utf-8-sig"))))
    assert [listed[0]["Paid Hours"], listed[0]["Pro Bono Hours"]] == [decimal_hours(coaching - 41), decimal_hours(41)]
