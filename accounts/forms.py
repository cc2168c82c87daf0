"""Forms of the account."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_security.forms import RegisterFormV2
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from foundation.forms import Form, stripped

ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix/", "right/")))


class RegisterForm(RegisterFormV2):
    """A new account: name, address, password."""

    name = StringField(
        "Full name",
        filters=[stripped],
        validators=[DataRequired("Tell us your name as it should stand on a certificate."), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )

    def to_dict(self, only_user: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = super().to_dict(only_user)
        return found | {"name": self.name.data}


class ProfileForm(Form):
    """What a person may say about herself."""

    name = StringField(
        "Full name",
        filters=[stripped],
        validators=[DataRequired("Tell us your name as it should stand on a certificate."), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    time_zone = SelectField("Time zone", choices=[(z, z.replace("_", " ")) for z in ZONES])
