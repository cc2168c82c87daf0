"""The forms of /hours and /credentials, which are asked by GET, and of the review."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import BooleanField, DateField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, StopValidation

from credentials.wording import PATHS
from foundation.forms import Form, stripped

CREDENTIALS = [("ACC", "ACC"), ("PCC", "PCC"), ("MCC", "MCC")]


class Asked(Form):
    """A question in the address: shareable, changes nothing, so it carries no token."""

    class Meta:
        csrf = False

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        super().__init__(formdata=request.args if formdata is None else formdata, **kwargs)


class NeededWhen:
    """An answer that only another answer asks for: the group's size, once it is a group."""

    def __init__(self, other: str, answer: str | bool, message: str) -> None:
        self.other, self.answer, self.message = other, answer, message

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data and str(field.raw_data[0]).strip():
            return
        field.errors = []
        raise StopValidation(self.message if form[self.other].data == self.answer else "")


class Figure(IntegerField):
    """A whole number; nothing typed is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(["0"] if valuelist == [""] else valuelist)


class WhatIfForm(Asked):
    credential = SelectField("Credential", choices=CREDENTIALS)
    path = SelectField("Path", choices=list(PATHS.items()))
    on = DateField("If I apply on", validators=[InputRequired("Choose a day.")])
    remaining = BooleanField("Only what is missing")


class KeepForm(Form):
    """What is asked on the page of hours, to be written down."""

    credential = SelectField("Credential", choices=CREDENTIALS)
    path = SelectField("Path", choices=list(PATHS.items()))
    on = DateField("If I apply on", validators=[InputRequired("Choose a day.")])


class PlannerForm(Asked):
    credential = SelectField("I want", choices=CREDENTIALS, default="ACC")
    path = SelectField("My way", choices=list(PATHS.items()), default="level")
    by = DateField("I want to apply by", validators=[InputRequired("Choose the day you want to apply.")])
    completed = SelectField(
        "I have completed",
        choices=[
            ("none", "no accredited program yet"),
            ("level1", "a Level 1 program"),
            ("level2", "a Level 2 program"),
            ("level3", "a Level 3 program"),
        ],
        default="none",
    )
    education = Figure("Education hours", default=0, validators=[NumberRange(0, 5000, "Between 0 and 5,000.")])
    mentoring = Figure("Mentor hours", default=0, validators=[NumberRange(0, 200, "Between 0 and 200.")])
    coaching = Figure("Coaching hours", default=0, validators=[NumberRange(0, 20000, "Between 0 and 20,000.")])
    paid = Figure("of them paid", default=0, validators=[NumberRange(0, 20000, "Between 0 and 20,000.")])
    clients = Figure("Different clients", default=0, validators=[NumberRange(0, 2000, "Between 0 and 2,000.")])


class ReturnForm(Form):
    """What should change, in words the trainee can act on."""

    reason = TextAreaField("What should change", filters=[stripped], validators=[Length(max=1000)])


class QuestionForm(Form):
    """What a colleague should look at."""

    question = TextAreaField("What should a colleague look at?", filters=[stripped], validators=[Length(max=300)])


class SubmitForm(Form):
    """The lines that are ticked; only the token is a field."""
