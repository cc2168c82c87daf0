"""Forms of attendance: the report of a meeting room, and the answers to who is who."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from accounts.forms import ZONES
from courseware.attendance.reports.matching import NOBODY
from courseware.attendance.reports.planning import Participant, Plan
from courseware.staff_queries import Person
from foundation.forms import Form, stripped

UNDECIDED = ""


class ReportFileForm(Form):
    """The file that a meeting room gives its host."""

    file = FileField("The report", validators=[FileRequired("Choose the file with the participants.")])


class CodeForm(Form):
    """The six digits on the teacher's screen."""

    code = StringField("Code of the class", filters=[stripped], validators=[InputRequired("Type the six digits.")])


class LookForm(Form):
    """What a person may still say before a report is saved."""

    seen = HiddenField(default="")
    time_zone = SelectField("Its times are those of", choices=[(z, z.replace("_", " ")) for z in ("UTC", *ZONES)])
    keep_saved = BooleanField("Leave alone who is marked already")
    absent = BooleanField("Mark as absent whom the report does not name")
    reason = StringField("Why the saved marks change", filters=[stripped], validators=[Optional(), Length(max=300)])

    def picks(self, plan: Plan) -> dict[int, int]:
        """What was chosen otherwise than the program found, by the number of the participant."""
        chosen = {}
        for one in plan.participants:
            said = self[f"pick-{one.number}"].data
            if said != UNDECIDED and int(said) != one.found.enrollment_id and not (said == "0" and _is_left_out(one)):
                chosen[one.number] = int(said)
        return chosen


def look_form(plan: Plan, people: Sequence[Person]) -> Any:
    """A form with a choice for each participant: whom of the sheet they are."""
    fields: dict[str, Any] = {}
    for one in plan.participants:
        now = one.match.enrollment_id or (NOBODY if one.match.how else UNDECIDED)
        label = f"Who is {one.shown}?"
        fields[f"pick-{one.number}"] = SelectField(label, choices=_choices(one, people), default=str(now))
    return type("PicksForm", (LookForm,), fields)


def _choices(one: Participant, people: Sequence[Person]) -> dict[str, list[tuple[str, str]]]:
    named = [(str(person.enrollment_id), person.name) for person in people]
    perhaps = [choice for choice in named if int(choice[0]) in one.found.perhaps]
    undecided = [] if one.found.enrollment_id or _is_left_out(one) else [(UNDECIDED, "Not decided: leave out")]
    groups = {"No one": [*undecided, (str(NOBODY), "Nobody on the sheet")], "Perhaps": perhaps}
    return {name: group for name, group in groups.items() if group} | {"On the sheet": named}


def _is_left_out(one: Participant) -> bool:
    return one.found.how == "teaches"
