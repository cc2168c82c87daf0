"""Learning elsewhere is handed in with its document: judged by what is in it, kept as it came, never in two claims."""

from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from credentials.models import PriorLearning
from credentials.prior_learning.forms import as_hours, read_hours
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.claims import DESK, PAGE, grant, typed
from tests.credentials.reading import words
from tests.makers.prior_learning import picture


def test_the_same_document_stands_behind_one_claim_at_a_time(client, school, ana):
    trainee = client.sign_in(ana)
    trainee.submit(PAGE, typed())
    again = trainee.submit(PAGE, typed(title="Another course"))
    assert again.status_code == 422
    assert "You handed in this very document on" in words(again)
    assert 'value="Another course"' in again.text


def test_two_who_hand_in_the_same_document_in_one_moment_hand_it_in_once(app, school, ana):
    gate, answers = Barrier(2), []

    def act() -> None:
        gate.wait()
        try:
            answers.append(school.prior_claim(ana, shade=9).id)
        except Refused:
            answers.append("refused")

    both = [Thread(target=act) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    assert answers.count("refused") == 1


BAD = [
    (b"<html><script>alert(1)</script></html>", "certificate.pdf", "This is not a PDF, PNG or JPEG"),
    (b"%PDF-1.7\n/JavaScript (app.alert(1))\n%%EOF", "certificate.pdf", "holds a program"),
    (b"", "certificate.png", "empty"),
    (picture()[:60], "certificate.png", "damaged"),
    (b"GIF89a" + b"\0" * 40, "certificate.png", "This is not a PDF, PNG or JPEG"),
]


@pytest.mark.parametrize(("content", "name", "said"), BAD)
def test_a_document_is_judged_by_what_is_in_it(app, client, ana, content, name, said):
    answer = client.sign_in(ana).submit(PAGE, typed(content, name))
    assert answer.status_code == 422
    assert said in words(answer) and 'id="document-error"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count(PriorLearning.id))) == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_its_owner_and_the_registrar_get_the_document_back_as_it_came_and_nobody_else(
    app, client, school, ana, rosa, kind
):
    content = picture(kind=kind)
    client.sign_in(ana).submit(PAGE, typed(content, "../../zeugnis <1>.html"))
    with app.app_context():
        made = db.session.scalars(select(PriorLearning)).one()
    mine, theirs = f"{PAGE}/{made.public_id}/document", f"{DESK}/{made.public_id}/document"
    for who, path in ((ana, mine), (rosa, theirs)):
        answer = client.sign_in(who).get(path)
        assert answer.data == content
        assert answer.mimetype == f"image/{kind.lower()}"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert client.sign_in(school.user("Eve Stone")).get(mine).status_code == 404
    assert client.get(theirs).status_code == 403
    for role, status in (("instructor", 403), ("finance", 403), ("owner", 200)):
        assert client.sign_in(school.user("Somebody", role)).get(theirs).status_code == status
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(AuditLine.verb == "prior_learning.document_read")) == 2


def test_the_file_lies_under_uploads_for_the_program_alone_and_a_changed_one_is_not_given_out(app, client, school, ana):
    made = school.prior_claim(ana)
    folder = Path(app.config["SETTINGS"].var) / "uploads" / "prior-learning" / made.sha256[:2]
    file = folder / made.sha256
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o600)
    file.write_bytes(b"something else")
    assert client.sign_in(ana).get(f"{PAGE}/{made.public_id}/document").status_code == 404
    file.unlink()
    assert client.get(f"{PAGE}/{made.public_id}/document").status_code == 404


WRONG = [
    ({"last_on": "2025-01-01"}, "last_on", "before the first"),
    ({"last_on": "2199-01-01"}, "last_on", "once it is over"),
    ({"live_core": "many"}, "live_core", "Write hours, such as"),
    ({"live_core": "1.333"}, "live_core", "Write hours, such as"),
    ({"live_core": "", "live_resource": "0", "own_core": ""}, "live_core", "at least one kind"),
    ({"live_core": "2001"}, "live_core", "more than 2,000 hours"),
    ({"provider": " "}, "provider", "Name the school"),
    ({"accreditation": "level9"}, "accreditation", "Not a valid choice"),
    ({"enrollment": "nobody"}, "enrollment", "Not a valid choice"),
]


@pytest.mark.parametrize(("changed", "field", "said"), WRONG)
def test_what_can_not_be_is_said_beside_the_field(app, client, ana, changed, field, said):
    answer = client.sign_in(ana).submit(PAGE, typed(**changed))
    assert answer.status_code == 422
    assert said in words(answer) and f'id="{field}-error"' in answer.text
    assert "Foundations of Listening" in answer.text


@given(st.integers(0, 120_000))
def test_minutes_come_back_from_the_field_as_they_went(minutes):
    assert read_hours(as_hours(minutes)) == minutes


@pytest.mark.parametrize(
    ("words", "minutes"), [("12", 720), ("12.5", 750), ("12,25", 735), ("12:30", 750), ("", 0), ("8 h", 480)]
)
def test_hours_are_read_as_people_write_them(words, minutes):
    assert read_hours(words) == minutes


@pytest.mark.parametrize("words", ["-1", "12:75", "0.01", "1e3", "zwölf", "12:", "1.333"])
def test_what_is_no_hours_is_none(words):
    assert read_hours(words) == -1


def test_while_it_waits_its_trainee_may_take_it_back(app, client, school, ana, rosa):
    made = school.prior_claim(ana)
    page = f"{PAGE}/{made.public_id}"
    client.sign_in(ana).submit(f"{page}/withdraw", on=page)
    assert "Withdrawn by its trainee" in words(client.get(page))
    with pytest.raises(Refused, match="decided meanwhile"):
        grant(app, school, made, rosa)


def test_anybody_elses_claim_is_not_found(client, school, ana):
    made = school.prior_claim(ana)
    stranger = client.sign_in(school.user("Eve Stone"))
    assert stranger.get(f"{PAGE}/{made.public_id}").status_code == 404


def test_the_pages_take_eight_statements_at_most(client, school, ana, queries):
    made = school.prior_claim(ana)
    client.sign_in(ana)
    for path in (PAGE, f"{PAGE}/{made.public_id}"):
        with queries() as q:
            assert client.get(path).status_code == 200
        assert q.count <= 8, "\n".join(q.sent)
