"""The form with which a graduate tells the directory about herself."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from foundation.forms import Form, stripped

MOST = 8


def words(text: str | None) -> list[str]:
    """What stands between the commas, each word once."""
    found = (" ".join(part.split()) for part in (text or "").split(","))
    return list(dict.fromkeys(part for part in found if part))


def few_words(_form: Any, field: Any) -> None:
    """A WTForms validator: not too many, none too long."""
    said = words(field.data)
    if len(said) > MOST:
        raise ValidationError(f"Name the {MOST} that matter most.")
    if any(len(one) > 40 for one in said):
        raise ValidationError("Put a comma between them; each may have 40 letters.")


class CoachProfileForm(Form):
    """Everything but the name, which is the account's."""

    headline = StringField(
        "In one line",
        filters=[stripped],
        validators=[DataRequired("Say in one line whom you coach, or what for."), Length(max=120)],
    )
    bio_md = TextAreaField(
        "About you",
        filters=[stripped],
        validators=[Optional(), Length(max=4000, message="This page holds 4,000 letters.")],
        render_kw={"rows": 10},
    )
    specialties = StringField("Subjects", filters=[stripped], validators=[Optional(), few_words])
    languages = StringField("Languages you coach in", filters=[stripped], validators=[Optional(), few_words])
    location = StringField("Place", filters=[stripped], validators=[Optional(), Length(max=80)])
    is_accepting = BooleanField("I take new clients")
    is_public = BooleanField("Show my profile in the directory")

    def text(self) -> dict[str, Any]:
        """What was said, as the profile keeps it."""
        return {
            "headline": self.headline.data,
            "bio_md": self.bio_md.data or "",
            "specialties": words(self.specialties.data),
            "languages": words(self.languages.data),
            "location": self.location.data or "",
            "is_accepting": bool(self.is_accepting.data),
        }
