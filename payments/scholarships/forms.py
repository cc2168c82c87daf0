"""What staff fill in to give a scholarship."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from enrollment.models import Cohort
from foundation.forms import Form, stripped
from payments.pricing.forms import AMOUNT, cents_of, end_of
from payments.scholarships.giving import Gift


class GiftForm(Form):
    percent = IntegerField("Percent off", validators=[Optional()])
    amount = StringField("Or a sum off", filters=[stripped], validators=[Optional()], render_kw=AMOUNT)
    currency = StringField("Currency of the sum", filters=[stripped], default="USD", validators=[Length(min=3, max=3)])
    cohort = SelectField("For", default="", choices=[("", "Whichever cohort they choose")])
    until = DateField("Until, that day included", validators=[Optional()])
    reason = StringField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=200)],
    )

    def gift(self, cohort: Cohort | None, zone: str) -> Gift:
        """Raises Refused beside the field."""
        currency = str(self.currency.data or "").upper()
        return Gift(
            reason=str(self.reason.data),
            percent=self.percent.data,
            cents=cents_of(self.amount.data, currency, "amount"),
            currency=currency,
            cohort=cohort,
            until_at=end_of(self.until.data, str(ZoneInfo(zone))),
        )
