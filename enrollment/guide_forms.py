"""The form that asks for the guide, and what speaks for a machine having filled it in."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from enrollment.typos import likely_domain
from foundation.clock import now
from foundation.errors import Refused
from foundation.forms import Form, stripped
from foundation.tokens import read, sign

AN_INVITATION = re.compile(r"(://|www\.|@|<|>)", re.I)
FASTEST = 2
OLDEST = 24 * 3600


def stamp(seconds_ago: int = 0) -> str:
    """When the form was shown, signed."""
    return sign("guide-form", int(now().timestamp()) - seconds_ago)


def checked_address(typed: str) -> str:
    """The address as mail servers want it. Raises Refused that names the field."""
    try:
        found = validate_email(
            typed,
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=not current_app.config["SETTINGS"].in_production,
            strict=True,
        )
    except EmailNotValidError as error:
        raise Refused(f"This address can't be right: {error}", "email") from None
    return str(found.ascii_email or found.normalized)


class GuideForm(Form):
    """Name, address, and an unticked box. `favourite_tree` is not for people."""

    name = StringField(
        "Your first name",
        filters=[stripped],
        validators=[
            DataRequired("Tell us how to address you."),
            Length(max=80, message="At most 80 characters, please."),
        ],
    )
    email = StringField(
        "Your e-mail address", filters=[stripped], validators=[DataRequired("We need an address to send the guide to.")]
    )
    news = BooleanField("News")
    favourite_tree = StringField("Leave this empty")
    opened = StringField("Opened")
    where = StringField("Where")

    def validate_name(self, field: Any) -> None:
        if AN_INVITATION.search(field.data or ""):
            raise ValidationError("A name only, please: no addresses or links.")

    def validate_email(self, field: Any) -> None:
        try:
            field.data = checked_address(field.data or "")
        except Refused as refused:
            raise ValidationError(refused.message) from None

    @property
    def hint(self) -> str | None:
        """What the address was probably meant to be."""
        return likely_domain(self.email.data or "")

    @cached_property
    def age(self) -> float | None:
        """Seconds since the form was shown; None where it does not say."""
        try:
            return now().timestamp() - float(read("guide-form", self.opened.data or ""))
        except (Refused, TypeError, ValueError):
            return None

    @property
    def is_stale(self) -> bool:
        return self.age is not None and self.age > OLDEST

    @property
    def next_stamp(self) -> str:
        """For the form that is shown again: whoever mends one word may do it in a second."""
        return self.opened.data or "" if self.age is not None and not self.is_stale else stamp(FASTEST)

    @property
    def suspicion(self) -> str:
        """Marks of a machine, in words for staff. They are a reason to look, not a verdict."""
        found = []
        if self.favourite_tree.data:
            found.append("the hidden field was filled in")
        if self.age is None:
            found.append("the form's time stamp was missing or forged")
        elif self.age < FASTEST:
            found.append("the form was sent within two seconds")
        return "; ".join(found)


class MendForm(Form):
    """A mistyped address, typed again."""

    email = StringField("The right e-mail address", filters=[stripped], validators=[DataRequired("Type the address.")])
