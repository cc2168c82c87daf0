"""Forms of prior learning. Hours are typed as people write them and become whole minutes at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from credentials.models import BROUGHT, PARTS, Accreditation
from credentials.passports.besides import BESIDES
from credentials.passports.taking_beside import BESIDE_KINDS
from credentials.wording import KINDS
from enrollment.models import Enrollment
from foundation.forms import Form, stripped

ACCREDITATIONS = {
    Accreditation.LEVEL1: "ICF Level 1",
    Accreditation.LEVEL2: "ICF Level 2",
    Accreditation.LEVEL3: "ICF Level 3",
    Accreditation.ACTP: "ICF ACTP (until 2022)",
    Accreditation.ACSTH: "ICF ACSTH (until 2022)",
    Accreditation.CCE: "ICF Continuing Coach Education",
    Accreditation.NONE: "Not accredited by ICF, or not known",
}
LABELS = {
    "live_core": "Live, Core Competencies",
    "live_resource": "Live, Resource Development",
    "own_core": "By oneself, Core Competencies",
    "own_resource": "By oneself, Resource Development",
}
WHOLE = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?\s*h?|(\d{1,4}):([0-5]\d)")


class HoursField(StringField):
    """Hours as `12`, `12.5`, `12,25` or `12:30`, kept as whole minutes; nothing typed is none."""

    minutes: int = 0

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.minutes = read_hours(self.data or "")

    def pre_validate(self, form: Any) -> None:
        if self.minutes < 0:
            raise ValidationError("Write hours, such as 12, 12.5 or 12:30.")


def read_hours(text: str) -> int:
    """Whole minutes; -1 where the words are no hours, or no whole minutes."""
    words = text.strip()
    if not words:
        return 0
    found = WHOLE.fullmatch(words)
    if found is None:
        return -1
    if found[3]:
        return int(found[3]) * 60 + int(found[4])
    hundredths = int((found[2] or "0").ljust(2, "0"))
    minutes, rest = divmod(hundredths * 60, 100)
    return int(found[1]) * 60 + minutes if rest == 0 else -1


def as_hours(minutes: int) -> str:
    """Minutes as the field takes them."""
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes % 60 else str(minutes // 60)


def _hours(name: str) -> HoursField:
    return HoursField(LABELS[name], filters=[stripped], validators=[Optional()])


class _Parts(Form):
    live_core, live_resource = _hours("live_core"), _hours("live_resource")
    own_core, own_resource = _hours("own_core"), _hours("own_resource")

    def parts(self) -> dict[str, int]:
        return {name: self[name].minutes for name in PARTS}


class ClaimForm(_Parts):
    """What a trainee learned elsewhere."""

    provider = StringField(
        "School or provider", filters=[stripped], validators=[DataRequired("Name the school."), Length(max=200)]
    )
    title = StringField("Course", filters=[stripped], validators=[DataRequired("Name the course."), Length(max=200)])
    accreditation = SelectField("Accredited as", choices=[(str(a), words) for a, words in ACCREDITATIONS.items()])
    completed = BooleanField("I completed it")
    first_on = DateField("First day", validators=[InputRequired("Choose the first day.")])
    last_on = DateField("Last day", validators=[InputRequired("Choose the last day.")])
    enrollment = SelectField("Counts toward")
    document = FileField("The document", validators=[FileRequired("Choose the certificate or transcript.")])
    note = TextAreaField("A word to the school", filters=[stripped], validators=[Optional(), Length(max=1000)])

    def offer(self, places: Sequence[Enrollment]) -> None:
        self.enrollment.choices = place_choices(places)


class DecideForm(_Parts):
    """What staff grant, and why. `take_*`: what a passport brings of other kinds, all of a kind or none."""

    take_coaching, take_mentor, take_cce = (BooleanField(KINDS[kind]) for kind in BROUGHT)
    take_peer_received, take_competency_review = (BooleanField(BESIDES[kind]) for kind in BESIDE_KINDS)
    enrollment = SelectField("Counts toward")
    reason = TextAreaField("Why", filters=[stripped], validators=[Length(max=1000)])

    def offer(self, places: Sequence[Enrollment]) -> None:
        self.enrollment.choices = place_choices(places)

    def kinds(self) -> set[str]:
        return {str(kind) for kind in (*BROUGHT, *BESIDE_KINDS) if self[f"take_{kind}"].data}


def place_choices(places: Sequence[Enrollment]) -> list[tuple[str, str]]:
    named = [(one.public_id, f"{one.cohort.program.title}, {one.cohort.title}") for one in places]
    return [("", "The credential alone, as education of its own"), *named]
