"""The forms of drafting and publishing rules. The form of figures is made for its draft: a field for each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from credentials.rules import FIRST_DAY, LAST_DAY
from credentials.ruling.figures import Figure, plain
from foundation.errors import Refused
from foundation.forms import Form, stripped

KINDS = [("official", "ICF itself"), ("school", "A school"), ("vendor", "A vendor"), ("coach blog", "A coach's blog")]


class Day(DateField):
    """A day, or nothing typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([text for text in valuelist if text.strip()])

    def pre_validate(self, form: Any) -> None:
        if self.data and not FIRST_DAY <= self.data <= LAST_DAY:
            raise ValidationError(f"A day between {FIRST_DAY.year} and {LAST_DAY.year}.")


class BeginForm(Form):
    """From which day on the new rules apply; or, with `correct`, that the ones that stand there were wrong."""

    first_day = Day("First day of the new rules")
    correct = HiddenField()

    def validate_first_day(self, field: DateField) -> None:
        if not field.data and not self.correct.data:
            raise ValidationError("Choose the first day of the new rules.")


class TextForm(Form):
    """The whole draft as JSON; `seen` knows which text the page showed."""

    seen = HiddenField()
    text = TextAreaField("Everything, as JSON")


class PublishForm(Form):
    """Why; and the book that the page spoke of, so that nobody publishes a difference that she has not read."""

    seen = HiddenField()
    why = TextAreaField("Why, and where it was read", filters=[stripped], validators=[Length(max=1000)])


class WithdrawVersionForm(Form):
    """Why not any more."""

    reason = TextAreaField("Why it is taken back", filters=[stripped], validators=[Length(max=1000)])


class DiscardForm(Form):
    """Only the token is a field."""


class NumberField(StringField):
    """A number as people type it, kept as typed; `number` reads it."""

    def pre_validate(self, form: Any) -> None:
        try:
            plain((self.data or "").replace(",", ""))
        except ValueError as trouble:
            raise ValidationError("A number, such as 100 or 7.5.") from trouble

    @property
    def number(self) -> int | float:
        return plain((self.data or "").replace(",", ""))


class FiguresForm(Form):
    """The days, the sentence for trainees, where the new figures stand, and the figures; `seen` as in TextForm."""

    seen = HiddenField()
    first_day = Day("First day")
    what = StringField(
        "In one sentence for trainees, what changes",
        filters=[stripped],
        validators=[Length(max=300, message="At most 300 characters.")],
    )
    address = StringField("Address of the page", filters=[stripped], validators=[Length(max=500)])
    kind = SelectField("Who says so", choices=KINDS)
    read_on = StringField("Date of the page", filters=[stripped], validators=[Length(max=60)])

    @property
    def source(self) -> dict[str, str] | None:
        """The source of the figures that are changed. Raises Refused where it is half told."""
        if not self.address.data:
            return None
        if not self.address.data.startswith(("https://", "http://")):
            raise Refused("A page's address begins with https://.", field="address")
        if not self.read_on.data:
            raise Refused("Say how old the page is: its date, or the day it was read.", field="read_on")
        return {"address": self.address.data, "kind": self.kind.data, "date": self.read_on.data}


def figures_form(figures: Sequence[Figure], **told_of: Any) -> FiguresForm:
    """The form with a field for each figure, filled as the draft reads; `told_of` fills the other fields."""
    fields: dict[str, Any] = {one.name: NumberField(one.label) for one in figures}
    told = {one.name: f"{one.value}" for one in figures}
    made: FiguresForm = type("FiguresOfDraft", (FiguresForm,), fields)(data=told | told_of)
    return made
