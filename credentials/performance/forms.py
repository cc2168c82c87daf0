"""Handing in a recording, and writing about one."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from credentials.competencies import NUMBERS
from credentials.performance.contents import RESULTS, Assessed
from credentials.performance.rubrics import Rubric
from credentials.performance.submitting import Handed
from foundation.forms import Form, stripped


class HandInForm(Form):
    """Where the recording lies, its words, and what its coach thinks of it."""

    about_on = DateField("Day of the session", validators=[InputRequired("Say when the session took place.")])
    minutes = IntegerField("Minutes", validators=[InputRequired("Say how long it is, in minutes.")])
    link = StringField(
        "Address of the recording",
        filters=[stripped],
        validators=[InputRequired("Say where the recording lies."), Length(max=500)],
    )
    transcript = TextAreaField("Transcript", filters=[stripped], validators=[Length(max=60_000)])
    reflection = TextAreaField(
        "Your reflection",
        filters=[stripped],
        validators=[InputRequired("Say what you did well, and what you would do otherwise."), Length(max=8_000)],
    )
    client_agrees = BooleanField("The client agrees that an assessor of the school hears this session")

    def handed(self) -> Handed:
        return Handed(
            about_on=self.about_on.data or date.min,
            minutes=self.minutes.data or 0,
            link=self.link.data or "",
            transcript=self.transcript.data or "",
            reflection=self.reflection.data or "",
            client_agrees=self.client_agrees.data,
        )


class AssessForm(Form):
    """A grade and a comment for each competency, and the result. What is missing is asked for when it is decided."""

    overall = TextAreaField("Overall", filters=[stripped], validators=[Length(max=4000)])
    result = RadioField("Result", choices=list(RESULTS.items()), validators=[Optional()])
    changes = TextAreaField(
        "What to change before the next recording", filters=[stripped], validators=[Length(max=4000)]
    )

    @classmethod
    def for_rubric(cls, rubric: Rubric, told: Assessed) -> AssessForm:
        """With a field for each competency of the rubric, filled with what was written before."""
        fields: dict[str, Any] = {}
        data: dict[str, Any] = {"overall": told.overall, "result": told.result or None, "changes": told.changes}
        for one in rubric.criteria:
            n, name = one.competency.number, one.competency.name
            grade = RadioField(f"Grade for {name}", choices=list(rubric.grade_words.items()), validators=[Optional()])
            comment = TextAreaField(f"Comment on {name}", filters=[stripped], validators=[Length(max=2000)])
            fields |= {f"grade_{n}": grade, f"comment_{n}": comment}
            data |= {f"grade_{n}": told.grades.get(n), f"comment_{n}": told.comments.get(n, "")}
        made: AssessForm = type("RubricForm", (cls,), fields)(data=data)
        return made

    def assessed(self) -> Assessed:
        return Assessed(
            {n: self[f"grade_{n}"].data for n in NUMBERS if self[f"grade_{n}"].data},
            {n: self[f"comment_{n}"].data for n in NUMBERS if self[f"comment_{n}"].data},
            self.overall.data or "",
            self.result.data or "",
            self.changes.data or "",
        )
