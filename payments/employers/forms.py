"""What staff write down about an invoice."""

from __future__ import annotations

from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from foundation.forms import Form, stripped


class TransferForm(Form):
    """A bank transfer. `seen` carries what had come when the page was shown."""

    seen = HiddenField()
    amount = StringField(
        "Amount",
        filters=[stripped],
        validators=[DataRequired("How much has come?")],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    on = DateField("On the bank's statement of", validators=[InputRequired("On which day?")])
    reference = StringField("Reference", filters=[stripped], validators=[Optional(), Length(max=120)])


class CancelForm(Form):
    reason = StringField(
        "Why it is cancelled",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=300)],
    )


class SentBackForm(Form):
    """A refund that staff sent by bank transfer."""

    reference = StringField(
        "Reference of the transfer", filters=[stripped], validators=[DataRequired("Which transfer?"), Length(max=120)]
    )
