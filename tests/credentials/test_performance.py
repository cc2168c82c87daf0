"""A program may end with a performance evaluation: a recording, a rubric, pass or resubmit, read and signed for."""

import io
import json
from datetime import timedelta
from itertools import product

import pypdf
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from credentials import certifying
from credentials.models import (
    SUBMISSION_MOVES,
    EvaluationSeen,
    EvaluationSubmission,
    EvaluationVerdict,
    MentorCredential,
    SubmissionState,
)
from credentials.performance import deciding, submitting
from credentials.performance.contents import Assessed
from credentials.performance.queries import holds
from credentials.performance.rubrics import FOLDER, RubricError, checked, rubric_on, rubrics
from enrollment.models import Enrollment, Level
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.states import MoveRefused
from mail.models import Letter
from tests.makers.performance import REFLECTION, assessed


@pytest.fixture
def maren(school):
    return school.user("Maren Oyelaran")


@pytest.fixture
def enrollment(school, maren):
    return school.enrollment(maren, school.cohort(of=school.evaluated_program(), starts_in=-150))


def typed(school, **wishes):
    day = (school.now() - timedelta(days=2)).date().isoformat()
    said = {"about_on": day, "minutes": "35", "link": "https://recordings.example.com/one", "transcript": ""}
    return said | {"reflection": REFLECTION, "client_agrees": "y"} | wishes


def rubric_filled(passed=True, **wishes):
    told = assessed(passed=passed)
    fields = {f"grade_{n}": grade for n, grade in told.grades.items()}
    fields |= {f"comment_{n}": told.comments.get(n, "") for n in range(1, 9)}
    return fields | {"overall": told.overall, "result": told.result, "changes": told.changes, "act": "decide"} | wishes


def test_a_recording_is_handed_in_assessed_and_passed_and_both_have_signed(client, school, keiko, maren, enrollment):
    client.sign_in(maren)
    assert (
        client.submit(f"/hours/evaluations/{enrollment.public_id}", typed(school), on="/hours/evaluations").status_code
        == 303
    )
    [attempt] = attempts(school)
    client.sign_in(keiko)
    here = f"/staff/mentoring/evaluations/{attempt.public_id}"
    assert "Maren Oyelaran" in client.get("/staff/mentoring/evaluations").text
    assert "recordings.example.com" not in client.get(here).text
    assert client.submit(f"{here}/take", {}, on=here).status_code == 303
    assert "recordings.example.com" in client.get(here).text
    assert client.submit(here, rubric_filled()).status_code == 303
    client.sign_in(maren)
    read = f"/hours/evaluations/attempts/{attempt.public_id}"
    page = client.get(read).text
    assert "Calm and exact." in page
    assert "Keiko Shimabukuro (PCC" in page
    assert client.submit(f"{read}/sign", {}, on=read).status_code == 303
    with school.app.app_context():
        verdict, seen = (
            db.session.scalars(select(EvaluationVerdict)).one(),
            db.session.scalars(select(EvaluationSeen)).one(),
        )
        assert verdict.sha256 == seen.sha256
        assert holds(verdict)
        letters = db.session.scalars(select(Letter.kind)).all()
        verbs = db.session.scalars(select(AuditLine.verb).where(AuditLine.verb.startswith("evaluation."))).all()
    assert "evaluation.decided" in letters
    assert {"evaluation.submitted", "evaluation.taken", "evaluation.passed", "evaluation.seen"} <= set(verbs)


def attempts(school):
    with school.app.app_context():
        return list(db.session.scalars(select(EvaluationSubmission).order_by(EvaluationSubmission.id)))


def test_whoever_is_to_resubmit_reads_what_to_change_and_the_history_stays(client, school, keiko, maren, enrollment):
    first = school.recording(enrollment)
    school.verdict(keiko, first, passed=False)
    client.sign_in(maren)
    assert "Ask one open question at a time." in client.get(f"/hours/evaluations/attempts/{first.public_id}").text
    assert (
        client.submit(f"/hours/evaluations/{enrollment.public_id}", typed(school), on="/hours/evaluations").status_code
        == 303
    )
    paper = client.get(f"/hours/evaluations/attempts/{first.public_id}.pdf")
    told = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.data)).pages)
    assert "Resubmit" in told and "Ask one open question at a time." in told and "Maren Oyelaran" in told
    second = attempts(school)[-1]
    assert client.get(f"/hours/evaluations/attempts/{second.public_id}.pdf").status_code == 404
    assert (second.attempt, second.state) == (2, SubmissionState.WAITING)
    school.verdict(keiko, second)
    page = client.get("/hours/evaluations").text
    assert "Attempt 1" in page
    assert "Attempt 2" in page
    assert "Hand in a recording" not in page
    with pytest.raises(Refused, match="passed already"):
        school.recording(enrollment)


def test_a_certificate_asks_for_a_passed_evaluation_where_the_program_does(client, school, keiko):
    made = school.graduate_to_be()
    rosa = school.user("Rosa", "registrar")
    with school.app.app_context():
        program = db.session.get_one(Enrollment, made.id).cohort.program
        program.facts = program.facts | {"evaluation": True}
        db.session.commit()
    assert "Performance evaluation: it is not passed yet." in client.sign_in(rosa).get("/staff/certificates").text
    with school.app.app_context(), pytest.raises(certifying.NotComplete) as refused:
        certifying.issue(db.session.get_one(Enrollment, made.id), db.session.merge(rosa), school.now())
    assert refused.value.reasons == ["Performance evaluation: it is not passed yet."]
    school.verdict(keiko, school.recording(made))
    with school.app.app_context():
        done = certifying.issue(db.session.get_one(Enrollment, made.id), db.session.merge(rosa), school.now())
        assert done.is_valid


def test_only_who_holds_what_the_rubric_asks_for_may_assess_and_nobody_themselves(school, maren, enrollment):
    attempt = school.recording(enrollment)
    acc = school.mentor_account(
        "Ada Acc", credential=MentorCredential.ACC, specialization=None, specialization_since=None
    )
    bare = school.user("Bo Bare", "mentor")
    with school.app.app_context():
        for user, words in ((acc, "holds PCC or MCC"), (bare, "no mentor's file")):
            with pytest.raises(Refused, match=words):
                deciding.take(db.session.merge(user), attempt.public_id, at=school.now())
        db.session.rollback()
    own = school.mentor(user=maren, name="Maren")
    assert own.user_id == maren.id
    with school.app.app_context(), pytest.raises(Refused, match="their own"):
        deciding.take(db.session.merge(maren), attempt.public_id, at=school.now())


@pytest.mark.parametrize(
    ("wishes", "beside"),
    [
        ({"minutes": "12"}, "between 30 minutes"),
        ({"link": "ftp://somewhere"}, "begins with https"),
        ({"client_agrees": ""}, "has not agreed"),
        ({"reflection": "Fine."}, "Say a little more"),
        ({"about_on": "2031-01-01"}, "has not come yet"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(
    client, school, maren, enrollment, wishes, beside
):
    answer = client.sign_in(maren).submit(
        f"/hours/evaluations/{enrollment.public_id}", typed(school, **wishes), on="/hours/evaluations"
    )
    assert answer.status_code == 422
    assert beside in answer.text
    assert attempts(school) == []


def test_nothing_is_decided_before_every_competency_is_graded(client, school, keiko, enrollment):
    attempt = school.recording(enrollment)
    client.sign_in(keiko)
    here = f"/staff/mentoring/evaluations/{attempt.public_id}"
    client.submit(f"{here}/take", {}, on=here)
    answer = client.submit(here, rubric_filled(grade_3="", grade_7="below", comment_2="Stays curious"))
    assert answer.status_code == 422
    assert "Choose a grade." in answer.text
    assert "Say what is below the level." in answer.text
    assert "A pass needs every competency" in answer.text
    assert "Stays curious" in answer.text
    assert client.submit(here, rubric_filled(grade_3="", act="save")).status_code == 303
    assert attempts(school)[0].state == SubmissionState.TAKEN
    with school.app.app_context():
        assert Assessed.read(db.session.get_one(EvaluationSubmission, attempt.id).draft).grades[1] == "at"


def test_a_recording_is_its_trainees_and_its_assessors_alone(client, school, keiko, maren, enrollment):
    attempt = school.recording(enrollment)
    with school.app.app_context():
        deciding.take(db.session.merge(keiko), attempt.public_id, at=school.now())
        db.session.commit()
        stored = db.session.execute(text("SELECT sealed_link, sealed_reflection FROM evaluation_submission")).one()
    assert "recordings" not in stored[0] + stored[1]
    other = school.mentor_account("Otto Other")
    assert client.sign_in(other).get(f"/staff/mentoring/evaluations/{attempt.public_id}").status_code == 404
    assert client.sign_in(school.user()).get(f"/hours/evaluations/attempts/{attempt.public_id}").status_code == 404
    with school.app.app_context(), pytest.raises(Refused, match="An assessor has taken it"):
        submitting.withdraw(db.session.merge(maren), attempt.public_id, at=school.now())


def test_what_is_withdrawn_is_gone_and_leaves_room_for_another(school, maren, enrollment):
    first = school.recording(enrollment)
    with school.app.app_context():
        submitting.withdraw(db.session.merge(maren), first.public_id, at=school.now())
        submitting.withdraw(db.session.merge(maren), first.public_id, at=school.now())
        db.session.commit()
        kept = db.session.get_one(EvaluationSubmission, first.id)
        assert (kept.link, kept.transcript, kept.reflection) == ("", "", "")
    second = school.recording(enrollment)
    again = school.recording(enrollment)
    assert (second.attempt, again.id) == (1, second.id)


def test_a_verdict_is_never_edited_and_a_changed_word_shows(school, keiko, enrollment):
    made = school.verdict(keiko, school.recording(enrollment))
    with school.app.app_context():
        for statement in ("UPDATE evaluation_verdict SET passed = false", "DELETE FROM evaluation_verdict"):
            with pytest.raises(DatabaseError, match="append-only"):
                db.session.execute(text(statement))
            db.session.rollback()
        known = db.session.get_one(EvaluationVerdict, made.id)
        assert holds(known)
        known.sha256 = "0" * 64
        assert not holds(known)
        db.session.rollback()


@pytest.mark.parametrize(("old", "new"), list(product(SubmissionState, repeat=2)))
def test_a_submission_moves_only_as_its_table_says(old, new):
    allowed = new == old or new in SUBMISSION_MOVES.table[old]
    if allowed:
        SUBMISSION_MOVES.check(old, new)
    else:
        with pytest.raises(MoveRefused):
            SUBMISSION_MOVES.check(old, new)


def test_a_program_that_asks_for_none_takes_none(client, school, maren):
    plain = school.enrollment(maren, school.cohort(of=school.program(level=Level.LEVEL1)))
    with pytest.raises(NotFound):
        school.recording(plain)
    assert "No evaluation is asked of you" in client.sign_in(maren).get("/hours/evaluations").text


def test_rubrics_are_versions_with_a_source_and_all_eight_competencies():
    assert rubric_on(next(iter(rubrics().values())).effective_from).criteria[7].competency.number == 8
    raw = json.loads(next(FOLDER.glob("*.json")).read_text())
    for broken in ({"competencies": raw["competencies"][:7]}, {"sources": []}, {"grades": raw["grades"][:1]}):
        with pytest.raises(RubricError):
            checked(raw | broken)


def test_the_pages_cost_few_statements(client, school, keiko, maren, enrollment, queries):
    attempt = school.recording(enrollment)
    for who, address in (
        (maren, "/hours/evaluations"),
        (keiko, "/staff/mentoring/evaluations"),
        (maren, f"/hours/evaluations/attempts/{attempt.public_id}"),
        (keiko, f"/staff/mentoring/evaluations/{attempt.public_id}"),
    ):
        client.sign_in(who).get(address)
        with queries() as asked:
            assert client.get(address).status_code == 200
        assert asked.count <= 8, (address, asked.sent)
