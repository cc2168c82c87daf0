import io
import itertools
import re

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from credentials import certifying
from credentials.certificates.numbering import SIGNS, initials, new_number, read_number
from credentials.models import Certificate, LedgerEntry
from credentials.summing import totals_of
from enrollment.models import Enrollment, Level
from foundation.db import db
from mail.models import Letter

NUMBERS = st.text(SIGNS, min_size=7, max_size=7)


@pytest.fixture
def rosa(school):
    return school.user("Rosa Whitlock", "registrar")


@pytest.fixture
def issued(school, rosa):
    return issue(school, school.graduate_to_be("Amara Okafor"), rosa)


def issue(school, enrollment, by):
    with school.app.app_context():
        made = certifying.issue(db.session.get(Enrollment, enrollment.id), db.session.merge(by), school.now())
        db.session.commit()
        db.session.refresh(made)
        _ = made.user
        db.session.expunge_all()
        return made


def test_a_certificate_is_issued_once_with_one_letter(school, rosa):
    enrollment = school.graduate_to_be()
    assert issue(school, enrollment, rosa).number == issue(school, enrollment, rosa).number
    with school.app.app_context():
        assert db.session.scalars(select(Letter.kind)).all() == ["certificate.issued"]
        assert db.session.get(Enrollment, enrollment.id).state == "completed"


def test_what_is_missing_is_said_before_a_certificate(school, rosa):
    enrollment = school.enrollment(school.user(), school.cohort(of=school.program(minutes=600, core_minutes=540)))
    school.lesson_hours(enrollment, minutes=90)
    with school.app.app_context(), pytest.raises(certifying.NotComplete) as refused:
        certifying.issue(db.session.get(Enrollment, enrollment.id), db.session.merge(rosa), school.now())
    assert refused.value.reasons[0] == (
        "Education: 0 min of 10 h are checked, 10 h are missing; 1 h 30 min wait to be checked."
    )


def test_the_facts_stay_as_they_were_whatever_happens_to_the_rows(client, school, issued):
    with school.app.app_context():
        db.session.execute(text("UPDATE \"user\" SET name = 'Somebody Else'"))
        db.session.commit()
    assert "Amara Okafor" in client.get(f"/verify/{issued.number}").get_data(as_text=True)
    with school.app.app_context(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text("UPDATE certificate SET number = 'X'"))


def test_anybody_verifies_a_certificate_and_sees_no_more_than_it_says(client, issued):
    page = client.get(f"/verify/{issued.number}").get_data(as_text=True)
    assert "Valid certificate" in page
    assert "10 h" in page
    assert issued.user.email not in page


@pytest.mark.parametrize(
    "change", [str.lower, lambda n: n.replace("-", " "), lambda n: n.replace("-", "—"), str.swapcase]
)
def test_capitals_spaces_and_dashes_do_not_matter(client, issued, change):
    assert "Valid certificate" in client.get(f"/verify/{change(issued.number)}").get_data(as_text=True)


def test_a_revoked_certificate_says_so_with_the_day(client, school, rosa, issued):
    url = f"/staff/certificates/{issued.number}"
    client.sign_in(rosa)
    refused = client.submit(f"{url}/revoke", on=url).get_data(as_text=True)
    assert "Say why the certificate is revoked" in refused
    assert client.submit(f"{url}/revoke", {"revoke-reason": "Wrong person"}, on=url).status_code == 303
    page = client.get(f"/verify/{issued.number}").get_data(as_text=True)
    assert "Revoked certificate" in page
    assert "Wrong person" not in page


def test_a_certificate_issued_anew_takes_the_place_of_the_old_one(client, school, rosa, issued):
    url = f"/staff/certificates/{issued.number}"
    client.sign_in(rosa)
    answer = client.submit(f"{url}/reissue", {"reissue-reason": "Name changed"}, on=url)
    assert answer.status_code == 303
    assert issued.number in client.get(answer.location).get_data(as_text=True)
    assert "Revoked" in client.get(f"/verify/{issued.number}").get_data(as_text=True)
    with school.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Certificate)) == 2


def test_an_unknown_number_and_a_slip_of_the_pen_are_told_apart(client):
    unknown = client.get(f"/verify/{new_number('Fernhollow School of Coaching', 2026)}")
    assert unknown.status_code == 404
    assert "No certificate has the number" in unknown.get_data(as_text=True)
    assert "slip of the pen" in client.get("/verify/FSC-2026-1111-1113").get_data(as_text=True)


def test_a_program_may_ask_for_json(client, issued):
    found = client.get(f"/verify/{issued.number}", headers={"Accept": "application/json"}).get_json()
    assert (found["status"], found["name"], found["minutes"]["total"]) == ("valid", "Amara Okafor", 600)
    assert client.get("/verify/x", headers={"Accept": "application/json"}).get_json()["status"] == "unknown"


def test_the_pdf_carries_name_program_hours_number_and_the_address_to_verify(client, school, issued):
    answer = client.sign_in(issued.user).get(f"/hours/certificates/{issued.number}.pdf")
    words = " ".join(pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    for told in ("Amara Okafor", "The Practitioner Program", "10 h", issued.number, f"/verify/{issued.number}"):
        assert told in words


def test_an_evening_of_continuing_education_is_certified_in_words_that_are_true_of_it(client, school, rosa):
    place = school.graduate_to_be("Sif Dahl")
    with school.app.app_context():
        db.session.get_one(Enrollment, place.id).cohort.program.level = Level.CCE
        db.session.commit()
    made = issue(school, place, rosa)
    answer = client.sign_in(made.user).get(f"/hours/certificates/{made.number}.pdf")
    words = " ".join(pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    assert "a course of continuing education, 10 h in all, on " in words and "taught to" not in words


@pytest.mark.parametrize(
    ("name", "face"), [("Ørjan N’Diaye-Łukasiewicz", ""), ("Nguyễn Thị Thu Hà", "Libertinus"), ("Ελένη", "Libertinus")]
)
def test_a_name_stands_whole_in_one_face_that_has_its_letters(client, school, rosa, name, face):
    made = issue(school, school.graduate_to_be(name), rosa)
    pdf = pypdf.PdfReader(io.BytesIO(client.sign_in(made.user).get(f"/hours/certificates/{made.number}.pdf").data))
    fonts = " ".join(str(font.get_object()["/BaseFont"]) for font in pdf.pages[0]["/Resources"]["/Font"].values())
    assert ("Libertinus" in fonts) == bool(face)


def test_a_name_that_no_font_here_can_write_is_said_before_a_certificate_is_issued(client, school, rosa):
    enrollment = school.graduate_to_be("Kyō \U0010fffd")
    page = client.sign_in(rosa).get("/staff/certificates").get_data(as_text=True)
    assert "Can’t be printed" in page and "This server has no font for \U0010fffd" in page
    answer = client.submit(f"/staff/certificates/issue/{enrollment.public_id}", on="/staff/certificates")
    assert answer.status_code == 409 and "the PDF would show empty boxes" in answer.get_data(as_text=True)
    made = issue(school, enrollment, rosa)
    page = f"/staff/certificates/{made.number}"
    assert "The PDF can’t show this name" in client.get(page).get_data(as_text=True)
    again = client.submit(f"{page}/reissue", {"reissue-reason": "A slip"}, on=page).get_data(as_text=True)
    assert again.count("the PDF would show empty boxes") == 2, "on the page, and beside the reason"


def test_a_certificate_names_mentor_hours_only_where_the_program_holds_them(app, school, rosa):
    made = school.graduate_to_be("Sif Dahl")
    with app.app_context():
        session = school.mentor_session(db.session.get_one(Enrollment, made.id).user, minutes=120)
    with app.app_context():
        school.checked(school.sent(db.session.get_one(LedgerEntry, session.entry_id)), rosa)
    with app.app_context():
        place, by = db.session.get_one(Enrollment, made.id), db.session.merge(rosa)
        told = [certifying.frozen_facts(place, totals_of(place.user_id), by, school.now(), "A school")]
        place.cohort.program.facts = {"mentor_minutes": 60}
        told += [certifying.frozen_facts(place, totals_of(place.user_id), by, school.now(), "A school")]
    assert [one["minutes"]["mentor"] for one in told] == [0, 120]


def test_no_mentor_hour_stands_on_the_certificates_of_two_programs(app, school, rosa):
    first, mentored = school.graduate_to_be("Sif Dahl"), {"mentor_minutes": 120}
    with app.app_context():
        person = db.session.get_one(Enrollment, first.id).user
        session = school.mentor_session(person, minutes=180)
    with app.app_context():
        school.checked(school.sent(db.session.get_one(LedgerEntry, session.entry_id)), rosa)
        db.session.get_one(Enrollment, first.id).cohort.program.facts = mentored
        db.session.commit()
    second = school.enrollment(person, school.cohort(of=school.program(minutes=60, core_minutes=0, facts=mentored)))
    school.checked(school.lesson_hours(second, minutes=60, core=0), rosa)
    assert issue(school, first, rosa).facts["minutes"]["mentor"] == 180
    with app.app_context(), pytest.raises(certifying.NotComplete) as refused:
        certifying.issue(db.session.get(Enrollment, second.id), db.session.merge(rosa), school.now())
    assert refused.value.reasons[-1:] == ["Mentor coaching: 0 min of 2 h are checked, 2 h are missing."]


def test_another_graduates_pdf_is_not_there(client, school, issued):
    assert client.sign_in(school.user()).get(f"/hours/certificates/{issued.number}.pdf").status_code == 404


def test_the_registrar_sees_who_could_graduate_and_issues_with_one_click(client, school, rosa):
    enrollment = school.graduate_to_be("Björn Eklund")
    page = client.sign_in(rosa).get("/staff/certificates").get_data(as_text=True)
    assert "Björn Eklund" in page
    answer = client.submit(f"/staff/certificates/issue/{enrollment.public_id}", on="/staff/certificates")
    assert answer.status_code == 303
    assert client.get(answer.location.replace("/staff", "/staff") + ".pdf").mimetype == "application/pdf"


def test_reasons_stand_on_the_page_when_a_certificate_is_refused(client, school, rosa):
    enrollment = school.enrollment(school.user(), school.cohort(of=school.program(minutes=600, core_minutes=540)))
    answer = client.sign_in(rosa).submit(f"/staff/certificates/issue/{enrollment.public_id}", on="/staff/certificates")
    assert answer.status_code == 409
    assert "Education: 0 min of 10 h are checked" in answer.get_data(as_text=True)


def test_the_transcript_holds_every_line_and_no_clients_name(client, school):
    user = school.user("Tomás Ferreira")
    school.coaching_session(user, school.coached_client(user, "Secretia Name"))
    answer = client.sign_in(user).get("/hours/transcript.pdf")
    words = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "C-01" in words
    assert "Secretia" not in words


def test_initials_come_from_the_schools_name():
    assert initials("Fernhollow School of Coaching") == "FSC"
    assert initials("école") == "PR"


@given(st.integers(2000, 2099))
def test_a_new_number_is_read_as_itself(year):
    number = new_number("Fernhollow School of Coaching", year)
    assert re.fullmatch(r"FSC-\d{4}-[1-9A-Z]{4}-[1-9A-Z]{4}", number)
    assert read_number(number) == number


@given(NUMBERS, st.integers(0, 7), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_noticed(_code, place, sign):
    number = new_number("Fernhollow School of Coaching", 2026)
    bare = number.replace("-", "")
    typed = bare[: 7 + place] + sign + bare[8 + place :]
    assert (read_number(typed) is None) == (typed != bare)


def test_neighbours_that_changed_places_are_always_noticed():
    bare = new_number("Fernhollow School of Coaching", 2026).replace("-", "")
    for a, b in itertools.pairwise(range(7, 15)):
        typed = list(bare)
        typed[a], typed[b] = typed[b], typed[a]
        if typed[a] != typed[b]:
            assert read_number("".join(typed)) is None


def test_the_listing_finds_and_exports_certificates(client, rosa, issued):
    client.sign_in(rosa)
    assert issued.number in client.get("/staff/certificates?words=amara&state=valid").get_data(as_text=True)
    assert "No certificate is like that" in client.get("/staff/certificates?state=revoked").get_data(as_text=True)
    assert f"{issued.number},Amara Okafor" in client.get("/staff/certificates/issued.csv").get_data(as_text=True)
