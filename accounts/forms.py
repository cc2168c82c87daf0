"""Forms of the account."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_security.change_email import ChangeEmailForm
from flask_security.forms import ChangePasswordForm, RegisterFormV2, ResetPasswordForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Email, Length

from foundation.forms import Form, stripped

NAME_MISSING = "Tell us your name as it should stand on a certificate."
NAME_LONG = "A name here has at most 120 letters; write it as it should stand on a certificate."
ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix/", "right/")))


def one_line(value: str | None) -> str | None:
    """A WTForms filter: no control or direction marks, and a single space wherever there was any."""
    clean = stripped(value)
    return None if clean is None else " ".join(clean.split())


def name_field() -> StringField:
    """A person's name, in whatever script it is written."""
    return StringField(
        "Full name",
        filters=[one_line],
        validators=[DataRequired(NAME_MISSING), Length(max=120, message=NAME_LONG)],
        render_kw={"autocomplete": "name"},
    )


class RegisterForm(RegisterFormV2):
    """A new account: name, address, password."""

    name = name_field()

    def to_dict(self, only_user: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = super().to_dict(only_user)
        return found | {"name": self.name.data}


class ResetForm(ResetPasswordForm):
    """A new password, typed once: a slip is mended by another link."""

    password_confirm = None  # type: ignore[assignment]


class ChangeForm(ChangePasswordForm):
    """The password of now and a new one, each typed once."""

    new_password_confirm = None  # type: ignore[assignment]


class AddressForm(ChangeEmailForm):
    """A new address, small as all of ours are kept: two accounts never differ by capitals alone."""

    def validate(self, **kwargs: Any) -> bool:
        self.email.data = (self.email.data or "").strip().lower()
        return bool(super().validate(**kwargs))


class ProfileForm(Form):
    """What a person may say about herself."""

    name = name_field()
    time_zone = SelectField("Time zone", choices=[(z, z.replace("_", " ")) for z in ZONES])


class PersonForm(Form):
    """Somebody who needs an account on the way to something, or has one: read by `joining.join`."""

    name = name_field()
    email = EmailField(
        "E-mail",
        filters=[stripped],
        validators=[
            DataRequired("We need an address to write to; it is your way in as well."),
            Email("This doesn't look like an e-mail address."),
            Length(max=254),
        ],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Choose a password, or type the one you have."),
            Length(min=10, max=128, message="At least 10 characters."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
