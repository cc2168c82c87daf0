"""The forms of passports: making one, checking a file, and the keys that staff trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from credentials.models import Client
from credentials.prior_learning.forms import place_choices
from enrollment.models import Enrollment
from foundation.forms import Form, stripped

MOST_ASKED = 60


class MakeForm(Form):
    """Only the token is a field."""


class FileForm(Form):
    """A passport from one's own machine."""

    passport = FileField("Passport file", validators=[FileRequired("Choose the passport’s JSON file.")])


class TransferForm(Form):
    """Where the hours of a passport should count, and which of its clients are known here."""

    codes: Mapping[str, str] = {}

    enrollment = SelectField("Counts toward")

    def offer(self, places: Sequence[Enrollment]) -> None:
        self.enrollment.choices = place_choices(places)

    @classmethod
    def with_clients(cls, codes: Sequence[str], own: Sequence[Client]) -> TransferForm:
        """Each code there may be one of one's own clients here; where there are none, nothing is asked."""
        choices = [("", "Somebody new"), *((one.public_id, f"{one.name} ({one.code})") for one in own)]
        asked = codes[:MOST_ASKED] if own else []
        fields = {f"client_{n}": SelectField(code, choices=choices) for n, code in enumerate(asked)}
        form: TransferForm = type("TransferFormWithClients", (cls,), fields)()
        form.codes = {f"client_{n}": code for n, code in enumerate(asked)}
        return form

    def known(self) -> dict[str, str]:
        """By code, the client of one's own that was chosen."""
        return {code: self[name].data for name, code in self.codes.items() if self[name].data}


class TrustForm(Form):
    """Another school's public key, and how one knows that it is theirs."""

    school = StringField("School", filters=[stripped], validators=[DataRequired("Name the school."), Length(max=200)])
    key = TextAreaField(
        "Public key", filters=[stripped], validators=[DataRequired("Paste the key."), Length(max=20_000)]
    )
    checked_how = StringField(
        "How you know that it is theirs",
        filters=[stripped],
        validators=[DataRequired("Say how you know that it is theirs."), Length(max=300)],
    )


class DistrustForm(Form):
    """Why a key is trusted no more."""

    reason = StringField("Why", filters=[stripped], validators=[Length(max=300)])
