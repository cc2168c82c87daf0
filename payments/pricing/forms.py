"""What staff fill in about prices. Sums are in whole units and cents, as people write them; days are the cohort's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateField, EmailField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from enrollment.models import Cohort
from foundation.errors import Refused
from foundation.forms import Form, stripped
from foundation.money import read_money
from payments.models import PlanKind
from payments.pricing.offering import CodeDraft, PlanDraft

KINDS = [
    (PlanKind.FULL.value, "In full"),
    (PlanKind.DEPOSIT.value, "A deposit, and the rest by a day"),
    (PlanKind.INSTALMENTS.value, "Equal instalments"),
    (PlanKind.INVOICE.value, "An employer pays by invoice"),
]
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


def cents_of(typed: str | None, currency: str, field: str) -> int | None:
    """A sum as it was typed; None for nothing. Raises Refused beside the field."""
    if not typed:
        return None
    try:
        return read_money(typed, currency).cents
    except ValueError as error:
        raise Refused(str(error), field) from None


def _begin(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)) if day else None


def end_of(day: date | None, zone: str) -> datetime | None:
    """The first moment that is no longer within the day."""
    return _begin(day + timedelta(days=1), zone) if day else None


class PlanForm(Form):
    """A way to pay for one cohort."""

    kind = RadioField("How it is paid", choices=KINDS, default=PlanKind.FULL.value)
    title = StringField(
        "Name",
        filters=[stripped],
        validators=[DataRequired("What the buyer reads, such as “Early bird”."), Length(max=60)],
    )
    total = StringField("Whole price", filters=[stripped], validators=[DataRequired("How much?")], render_kw=AMOUNT)
    deposit = StringField("Deposit", filters=[stripped], validators=[Optional()], render_kw=AMOUNT)
    balance_on = DateField("The rest is due on", validators=[Optional()])
    instalments = IntegerField("Instalments", validators=[Optional()])
    every_months = IntegerField("Months between two", default=1, validators=[Optional()])
    invoice_days = IntegerField("Days to pay", default=30, validators=[Optional()])
    lets_in = BooleanField("Let them in before the invoice is paid")
    from_on = DateField("On offer from", validators=[Optional()])
    until = DateField("On offer until, that day included", validators=[Optional()])

    def draft(self, cohort: Cohort) -> PlanDraft:
        """Raises Refused beside the field."""
        return PlanDraft(
            kind=PlanKind(self.kind.data),
            title=str(self.title.data),
            total_cents=cents_of(self.total.data, cohort.currency, "total") or 0,
            deposit_cents=cents_of(self.deposit.data, cohort.currency, "deposit"),
            balance_on=self.balance_on.data,
            instalments=self.instalments.data,
            every_months=self.every_months.data or 1,
            invoice_days=self.invoice_days.data,
            lets_in=bool(self.lets_in.data),
            from_at=_begin(self.from_on.data, cohort.time_zone),
            until_at=end_of(self.until.data, cohort.time_zone),
        )


class CodeForm(Form):
    """A code that takes something off."""

    code = StringField(
        "Code",
        filters=[stripped],
        validators=[DataRequired("How is it spelled?"), Length(max=40)],
        render_kw={"autocomplete": "off"},
    )
    reason = StringField(
        "What it is for",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=200)],
    )
    percent = IntegerField("Percent off", validators=[Optional()])
    amount = StringField("Or a sum off", filters=[stripped], validators=[Optional()], render_kw=AMOUNT)
    currency = StringField("Currency of the sum", filters=[stripped], default="USD", validators=[Length(min=3, max=3)])
    cohort = SelectField("Only for", default="", choices=[("", "Every cohort")])
    email = EmailField(
        "Only for this person",
        filters=[stripped],
        validators=[Optional(), Email("This doesn't look like an e-mail address.")],
    )
    uses = IntegerField("How often it may be used", validators=[Optional()])
    from_on = DateField("From", validators=[Optional()])
    until = DateField("Until, that day included", validators=[Optional()])

    def draft(self, cohort: Cohort | None, zone: str) -> CodeDraft:
        """Raises Refused beside the field."""
        currency = str(self.currency.data or "").upper()
        return CodeDraft(
            code=str(self.code.data),
            reason=str(self.reason.data),
            percent=self.percent.data,
            cents=cents_of(self.amount.data, currency, "amount"),
            currency=currency,
            cohort=cohort,
            email=self.email.data or None,
            uses=self.uses.data,
            from_at=_begin(self.from_on.data, zone),
            until_at=end_of(self.until.data, zone),
        )


class SwitchForm(Form):
    """Stop or resume: `on` says which."""

    on = StringField(validators=[InputRequired()])
