"""Forms of the player and of the attendance sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from courseware.models import Question, QuestionKind
from courseware.quizzing import UNANSWERED
from foundation.forms import Form, stripped


class NoteForm(Form):
    """The note beside a lesson."""

    body = TextAreaField("Your notes on this lesson", filters=[stripped], validators=[Optional()])


class ReasonForm(Form):
    """The one reason for all changes on an attendance sheet, and the newest mark that its reader has seen."""

    seen = HiddenField(default="")
    reason = StringField("Why the saved marks change", filters=[stripped], validators=[Optional(), Length(max=300)])


class CourseForm(Form):
    """A course made elsewhere."""

    course = FileField("The course", validators=[FileRequired("Choose the zip with the course.")])
    only_try = BooleanField("Only try it: show what would come in, and change nothing")


class TicksField(SelectMultipleField):
    """Several answers, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def quiz_form(questions: Sequence[Question], number: int) -> Any:
    """A form with a field for each question; what it lacks is said beside the question."""
    fields: dict[str, Any] = {"number": HiddenField(default=str(number))}
    for place, question in enumerate(questions, 1):
        kind = TicksField if question.kind == QuestionKind.MULTIPLE else RadioField
        label = f"{place}. {question.text}"
        choices = [(str(choice.id), choice.text) for choice in question.choices]
        fields[f"q{question.id}"] = kind(label, choices=choices, validate_choice=False)
    return type("QuizForm", (Form,), fields)()


def given_answers(form: Any, questions: Sequence[Question]) -> dict[int, set[int]]:
    """What was chosen, by question. Words that are no number are no answer."""
    given = {}
    for question in questions:
        data = form[f"q{question.id}"].data
        chosen = data if isinstance(data, list) else [data]
        given[question.id] = {int(one) for one in chosen if one and str(one).isdecimal() and len(str(one)) < 19}
    return given


def all_answered(form: Any, given: dict[int, set[int]]) -> bool:
    """Name every question that was left out, beside it."""
    for question_id, chosen in given.items():
        if not chosen:
            field = form[f"q{question_id}"]
            field.errors = [*field.errors, UNANSWERED]
    return all(given.values())


def sheet_form(people: Sequence[tuple[int, str]]) -> Any:
    """An attendance sheet: minutes or times for each enrollment, and the reason for changes."""
    fields = {f"minutes-{id_}": StringField(f"Minutes of {name}", filters=[stripped]) for id_, name in people}
    return type("SheetForm", (ReasonForm,), fields)()
