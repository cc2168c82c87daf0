"""The forms of rights."""

from __future__ import annotations

from wtforms import EmailField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, Email, Length
from wtforms.widgets import CheckboxInput, ListWidget

from accounts.forms import one_line
from accounts.models import RoleName
from accounts.rights.words import OPENS
from foundation.forms import Form, stripped


def rights_field(label: str) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=[(str(name), words) for name, words in OPENS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class RightsForm(Form):
    rights = rights_field("What this person may do")

    @property
    def wanted(self) -> set[RoleName]:
        return {RoleName(one) for one in self.rights.data or []}


class InviteForm(RightsForm):
    name = StringField(
        "Full name",
        filters=[one_line],
        validators=[DataRequired("Write their name."), Length(max=120, message="A name here has at most 120 letters.")],
    )
    email = EmailField(
        "E-mail",
        filters=[stripped],
        validators=[
            DataRequired("We need the address: the letter goes there."),
            Email("This address can’t be right."),
            Length(max=254),
        ],
    )

    def validate_rights(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError("Tick what this person will do here.")
