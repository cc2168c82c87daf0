"""What the school says about a program as a provider."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length

from credentials.renewing.forms import Hours
from foundation.forms import Form, stripped


class FactsForm(Form):
    """Who leads the education, how much of it is ethics, and whether it ends with an evaluation."""

    director = StringField("Director of education", filters=[stripped], validators=[Length(max=120)])
    credential = SelectField("Their ICF credential", choices=[("", "None"), *((c, c) for c in ("ACC", "PCC", "MCC"))])
    ethics = Hours("Coaching ethics", filters=[stripped])
    evaluation = BooleanField("The program ends with a performance evaluation")
