"""The form in which a person enrolls, and what staff fill in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from accounts.forms import PersonForm
from foundation.forms import Form, stripped
from payments.employers import places
from payments.employers.issuing import Bill
from payments.models import WaiverKind

TYPED = ("company", "address", "tax_number", "purchase_order", "country", "postal_code", "state")
"""What an invoice takes over as it was typed."""


class AgreeForm(Form):
    """For somebody who is signed in: how to pay, a code, and the agreement to tick."""

    plan = RadioField("How you pay", choices=[], validate_choice=False, validators=[Optional()])
    promo = StringField(
        "Code",
        filters=[stripped],
        validators=[Optional(), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    company = StringField("Company", filters=[stripped], validators=[Optional(), Length(max=160)])
    address = TextAreaField(
        "Its postal address", filters=[stripped], validators=[Optional(), Length(max=400)], render_kw={"rows": 3}
    )
    tax_number = StringField("Its tax number", filters=[stripped], validators=[Optional(), Length(max=60)])
    country = SelectField("Country", default="", choices=[("", "Choose one"), *places.countries()])
    postal_code = StringField("Postal code", filters=[stripped], validators=[Optional(), Length(max=20)])
    state = StringField("State or province", filters=[stripped], validators=[Optional(), Length(max=60)])
    purchase_order = StringField("Purchase order", filters=[stripped], validators=[Optional(), Length(max=60)])
    billing_email = EmailField("E-mail of its accounts", filters=[stripped], validators=[Optional(), Length(max=254)])
    version = HiddenField()
    rule = HiddenField()
    agreed = BooleanField(
        "I have read the enrollment agreement and agree to it",
        validators=[InputRequired("Tick this once you have read the agreement; without it we can't enroll you.")],
    )

    def show(self, agreement: str, rule: str) -> None:
        """Say which texts stand on the page; a tick that was meant for others is taken out."""
        if self.is_submitted() and (self.version.data, self.rule.data) != (agreement, rule):
            self.agreed.data = False
        self.version.data, self.rule.data = agreement, rule

    def bill(self) -> Bill:
        """Who is sent the invoice, where an employer pays."""
        typed: dict[str, Any] = {name: str(self[name].data or "") for name in TYPED}
        return replace(Bill(email=str(self.billing_email.data or "")), **typed)


class EnrollForm(AgreeForm, PersonForm):
    """For a visitor: the account is made on the way."""


class RefundForm(Form):
    """Money back. The amount is in the currency's whole units and cents, as people write it."""

    amount = StringField(
        "Amount",
        filters=[stripped],
        validators=[DataRequired("How much goes back?")],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    reason = TextAreaField("Reason", filters=[stripped], validators=[Length(max=500)], render_kw={"rows": 3})
    leaves = BooleanField("They leave: the enrollment ends and the seat is free")
    on = HiddenField()
    left = HiddenField()

    @property
    def seen(self) -> int | None:
        """Cents that were left to give back on the page as it was read."""
        said = str(self.left.data or "")
        return int(said) if said.isdecimal() else None


class DecidedForm(Form):
    note = StringField(
        "How it was decided",
        filters=[stripped],
        validators=[DataRequired("Say how it was decided; the note stays in the log."), Length(max=300)],
    )


class WaiveForm(Form):
    """Let go of a part that is open, or take that back; `do` says which, so that two clicks don't undo each other."""

    number = IntegerField("Part", validators=[InputRequired()])
    do = HiddenField(default="waive")
    kind = SelectField(
        "As", choices=[("waiver", "Waiver"), ("scholarship", "Scholarship")], default=str(WaiverKind.WAIVER)
    )
    reason = StringField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=300)],
    )


HOW = [("all", "All that is still due"), ("sum", "A sum"), ("share", "A share of what is still due")]


class LetGoForm(Form):
    """All of a part, a sum, or a share; with a reason."""

    how = RadioField("How much", choices=HOW, default="all")
    amount = StringField(
        "Sum",
        filters=[stripped],
        validators=[Optional(), Length(max=20)],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    percent = IntegerField("Percent", validators=[Optional()])
    kind = SelectField(
        "As", choices=[("waiver", "Waiver"), ("scholarship", "Scholarship")], default=str(WaiverKind.WAIVER)
    )
    reason = StringField(
        "Reason",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=300)],
    )
    back = HiddenField()


class PatienceForm(Form):
    """Wait with what follows from a missed payment."""

    until = DateField("Wait until", validators=[Optional()])
    reason = StringField(
        "Why we wait",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=300)],
    )


class ActForm(Form):
    """A button: nothing but the token."""


def form_for(user: Any) -> AgreeForm:
    return AgreeForm() if user.is_authenticated else EnrollForm()
