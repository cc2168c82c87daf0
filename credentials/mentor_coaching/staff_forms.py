"""The registrar's forms for the file of mentors."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from credentials.forms import Asked
from credentials.models import FactKind
from foundation.forms import Form, stripped

LEVELS = [("ACC", "ACC"), ("PCC", "PCC"), ("MCC", "MCC")]
FACT_KINDS = {
    FactKind.CREDENTIAL: "ICF credential",
    FactKind.RENEWAL: "Renewal of the credential",
    FactKind.SPECIALIZATION: "Mentor Coach Specialization",
}


class NewMentorForm(Form):
    """A mentor of the school."""

    mentor_name = StringField(
        "Name", filters=[stripped], validators=[InputRequired("Name the mentor coach."), Length(max=120)]
    )
    account = StringField(
        "E-mail of their account", filters=[stripped], validators=[Optional(), Email(), Length(max=254)]
    )
    credential = SelectField("ICF credential", choices=[*LEVELS, ("none", "None")])
    since = DateField("Held since", validators=[Optional()])


class FactForm(Form):
    """One thing a mentor holds, from one day to another, with the document that shows it."""

    kind = RadioField(
        "What", choices=[(str(kind), words) for kind, words in FACT_KINDS.items()], default=str(FactKind.CREDENTIAL)
    )
    level = SelectField("Level", choices=LEVELS, default="PCC")
    held_from = DateField("Held from", validators=[InputRequired("Give the first day; it stands on the document.")])
    held_until = DateField("Held until", validators=[Optional()])
    proof = FileField("Document that shows it", validators=[Optional()])
    note = StringField("Note", filters=[stripped], validators=[Optional(), Length(max=300)])


class WithdrawForm(Form):
    """Why a fact is taken back."""

    reason = TextAreaField("Why this is wrong", filters=[stripped], validators=[Length(max=500)])


class DayForm(Asked):
    """A question about one day."""

    on = DateField("On this day", validators=[InputRequired("Choose a day.")])
