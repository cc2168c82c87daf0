"""What staff fill in about a cohort. Times are those of the wall where it takes place."""

from __future__ import annotations

from typing import Any, cast

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from accounts.forms import ZONES
from enrollment.cohorts.checking import CREDENTIALS
from enrollment.cohorts.writing import CohortDraft
from enrollment.models import Cohort, Program
from foundation.errors import Refused
from foundation.forms import Form, stripped
from foundation.money import read_money
from foundation.text import whole_number
from foundation.wall import is_missing, moment, on_wall

AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
NEEDED = "This can't be empty."


def _upper(value: str | None) -> str | None:
    return value.upper() if value else value


def _number(label: str, **given: Any) -> IntegerField:
    checks = [InputRequired("Write a whole number."), NumberRange(min=0, message="Not less than zero.")]
    return IntegerField(label, validators=checks, **given)


def _line(label: str, most: int, *, needed: bool = True, **given: Any) -> StringField:
    checks = [DataRequired(NEEDED) if needed else Optional(), Length(max=most, message=f"At most {most} characters.")]
    return StringField(label, filters=[stripped], validators=checks, **given)


def _moment(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(label, format="%Y-%m-%dT%H:%M", validators=[InputRequired("Choose a day and an hour.")])


class CohortForm(Form):
    """A whole cohort. `seen` is the revision that was read."""

    program = SelectField("Program", coerce=int)
    title = _line("Name", 60)
    starts_on = DateField("First day", validators=[InputRequired("Choose a day.")])
    ends_on = DateField("Last day", validators=[InputRequired("Choose a day.")])
    time_zone = SelectField("Time zone", choices=[(z, z.replace("_", " ")) for z in ZONES])
    language = _line("Language", 40, default="English")
    rhythm = _line("When it meets", 120, needed=False)
    instructor = SelectField("Led by", coerce=int)
    seats = _number("Seats", default=12)
    seats_minimum = _number("Least number to begin", default=0)
    offer_hours = _number("Hours that a seat is offered to somebody on the waitlist", default=24)
    holds_seats = BooleanField("Hold a seat for whoever is accepted")
    opens_at = _moment("Enrollment opens")
    closes_at = _moment("Enrollment closes")
    currency = StringField("Currency", filters=[stripped, _upper], default="USD", validators=[DataRequired(NEEDED)])
    price = _line("List price", 20, render_kw=AMOUNT)
    requires_program = SelectField("Completed before", coerce=int)
    requires_credential = SelectField(
        "Credential held", choices=[(one, one or "None is needed") for one in CREDENTIALS]
    )
    prerequisites = TextAreaField(
        "In words",
        filters=[stripped],
        validators=[Optional(), Length(max=500, message="At most 500 characters.")],
        render_kw={"rows": 3},
    )
    seen = HiddenField(default="0")

    def offer_choices(self, programs: list[Program], leaders: list[tuple[int, str]]) -> None:
        """What can be chosen: the programs there are, and who teaches."""
        named = [(program.id, program.title) for program in programs]
        self.program.choices = named
        self.requires_program.choices = [(0, "None is needed"), *named]
        self.instructor.choices = [(0, "Nobody yet"), *leaders]

    @property
    def revision(self) -> int:
        return whole_number(self.seen.data, 0)

    def draft(self, known: Cohort | None = None) -> CohortDraft:
        """Moments of the `known` cohort that nobody touched keep their seconds. Raises Refused beside the field."""
        zone, currency, given = str(self.time_zone.data), str(self.currency.data), cast("dict[str, Any]", self.data)
        return CohortDraft(
            program_id=self.program.data,
            title=str(self.title.data),
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            time_zone=zone,
            language=str(self.language.data),
            rhythm=str(self.rhythm.data or ""),
            seats=given["seats"],
            seats_minimum=given["seats_minimum"],
            opens_at=self._moment("opens_at", zone, known),
            closes_at=self._moment("closes_at", zone, known),
            offer_hours=given["offer_hours"],
            currency=currency,
            price_cents=self._cents(currency),
            instructor_id=self.instructor.data or None,
            requires_program_id=self.requires_program.data or None,
            requires_credential=str(self.requires_credential.data or ""),
            prerequisites=str(self.prerequisites.data or ""),
            holds_seats=bool(self.holds_seats.data),
        )

    def _moment(self, name: str, zone: str, known: Cohort | None) -> Any:
        was = getattr(known, name, None)
        if was is not None and self[name].data == on_wall(was, zone).replace(second=0, microsecond=0):
            return was
        if is_missing(self[name].data, zone):
            raise Refused("The clocks jump over this hour there. Choose another one.", name)
        return moment(self[name].data, zone)

    def _cents(self, currency: str) -> int:
        if len(currency) != 3 or not currency.isalpha():
            raise Refused("Three letters of a currency there is, such as USD.", "currency")
        try:
            return read_money(str(self.price.data), currency).cents
        except ValueError as wrong:
            raise Refused(str(wrong), "price") from None


class NewCohortForm(CohortForm):
    """A cohort that there is not yet: it gets its code, which stays."""

    code = _line("Code", 40, render_kw={"autocomplete": "off", "spellcheck": "false"})


def filled(cohort: Cohort) -> dict[str, Any]:
    """A cohort as the form shows it."""
    same = ("title", "starts_on", "ends_on", "time_zone", "language", "rhythm", "seats", "seats_minimum")
    rest = ("offer_hours", "currency", "requires_credential", "prerequisites", "holds_seats")
    told: dict[str, Any] = {name: getattr(cohort, name) for name in (*same, *rest)}
    return told | {
        "program": cohort.program_id,
        "instructor": cohort.instructor_id or 0,
        "requires_program": cohort.requires_program_id or 0,
        "opens_at": on_wall(cohort.opens_at, cohort.time_zone),
        "closes_at": on_wall(cohort.closes_at, cohort.time_zone),
        "price": f"{cohort.price.decimal:f}".removesuffix(".00"),
        "seen": str(cohort.revision),
    }
