"""What applicants answer, what staff decide, and the form in which the questions are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from enrollment.applications.asking import QuestionDraft
from enrollment.applications.models import Kind, NoteKind, Questions
from foundation.forms import Form, stripped
from foundation.text import whole_number

ROWS = 12
KINDS = [("", "Not used"), ("line", "A line"), ("text", "A longer text"), ("choice", "A choice"), ("yes", "Yes or no")]
YES_NO = [("yes", "Yes"), ("no", "No")]
NOTES = [
    (NoteKind.NOTE.value, "A note"),
    (NoteKind.WANTED.value, "I should like a second opinion"),
    (NoteKind.FOR.value, "My opinion: accept"),
    (NoteKind.AGAINST.value, "My opinion: decline"),
]


def answers_form(questions: Sequence[dict[str, Any]], **given: Any) -> Any:
    """A form with a field for each question; whether one may be left out is judged when it is sent."""
    fields = {one["key"]: _answer(one) for one in questions}
    return type("AnswersForm", (Form,), fields)(**given)


def _answer(question: dict[str, Any]) -> Any:
    label, checks = question["label"], [] if question["is_needed"] else [Optional()]
    if question["kind"] == Kind.TEXT:
        return TextAreaField(label, filters=[stripped], validators=checks, render_kw={"rows": 6})
    if question["kind"] == Kind.CHOICE:
        choices = [(one, one) for one in question["choices"]]
        return RadioField(label, choices=choices, validate_choice=False, validators=checks)
    if question["kind"] == Kind.YES:
        return RadioField(label, choices=YES_NO, validate_choice=False, validators=checks)
    return StringField(label, filters=[stripped], validators=checks)


def answered(form: Any, questions: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {one["key"]: str(form[one["key"]].data or "") for one in questions}


class BeginForm(Form):
    """Somebody who is signed in begins, or withdraws: nothing is asked but the token."""


class Seen(Form):
    """A decision about an application as it was read."""

    seen = HiddenField(default="")

    @property
    def revision(self) -> int:
        return whole_number(self.seen.data)


class DecideForm(Seen):
    """Accept, ask for more, decline; the word goes to the applicant."""

    word = TextAreaField(
        "A word to the applicant",
        filters=[stripped],
        validators=[Optional(), Length(max=2000, message="At most 2000 characters.")],
        render_kw={"rows": 4},
    )
    until = DateField("If accepted, to enroll until, that day included", validators=[Optional()])


class NoteForm(Form):
    """For the others; the applicant doesn't see it."""

    kind = RadioField("What it is", choices=NOTES, default=NoteKind.NOTE.value)
    text = TextAreaField(
        "What you want to say",
        filters=[stripped],
        validators=[DataRequired("Write something."), Length(max=2000, message="At most 2000 characters.")],
        render_kw={"rows": 3},
    )


class QuestionRow(PlainForm):
    """One question; `key` is what its answer is called, where it has one already."""

    label = StringField("Question", filters=[stripped], validators=[Length(max=300)])
    kind = SelectField("Answer", choices=KINDS, coerce=lambda typed: typed or "", validate_choice=False)
    choices = StringField("Choices", filters=[stripped], validators=[Length(max=600)])
    is_needed = BooleanField("Needed", default=True)
    key = HiddenField(default="")


class QuestionsForm(Form):
    """A whole version."""

    is_asked = BooleanField("People apply before they can enroll")
    intro = TextAreaField(
        "What stands above the questions",
        filters=[stripped],
        validators=[Optional(), Length(max=1500, message="At most 1500 characters.")],
        render_kw={"rows": 3},
    )
    days_to_buy = IntegerField(
        "Days in which whoever is accepted enrolls", default=14, validators=[InputRequired("Write a whole number.")]
    )
    questions = FieldList(FormField(QuestionRow), min_entries=ROWS, max_entries=ROWS)
    after = HiddenField(default="0")

    def drafts(self) -> list[QuestionDraft]:
        """The lines that are used, in their order."""
        rows = [entry.form for entry in self.questions]
        return [_draft(row) for row in rows if row.kind.data in dict(KINDS[1:])]

    @property
    def version(self) -> int:
        return whole_number(self.after.data)


def _draft(row: QuestionRow) -> QuestionDraft:
    choices = tuple(one.strip() for one in str(row.choices.data or "").split(",") if one.strip())
    key = str(row.key.data or "")
    kept = key if key.startswith("q") and key[1:].isdigit() and len(key) < 6 else ""
    return QuestionDraft(str(row.label.data or ""), Kind(row.kind.data), choices, bool(row.is_needed.data), kept)


def filled(version: Questions | None) -> dict[str, Any]:
    """A version as the form shows it, to begin the next one with."""
    if version is None:
        return {"is_asked": True, "after": "0"}
    rows = [one | {"choices": ", ".join(one["choices"])} for one in version.questions]
    blank = {"label": "", "kind": "", "choices": "", "is_needed": True, "key": ""}
    return {
        "is_asked": version.is_asked,
        "intro": version.intro,
        "days_to_buy": version.days_to_buy,
        "questions": rows + [blank] * (ROWS - len(rows)),
        "after": str(version.version),
    }
