"""The form in which the owner writes a version of the rules: lines of steps, then what else is promised."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length

from enrollment.policies.terms import Measure, Step, Terms
from foundation.errors import Refused
from foundation.forms import Form, stripped
from foundation.money import Money, read_money

ROWS = 6
MEASURES = [
    ("", "Not used"),
    ("days_before", "days before the start"),
    ("days_after", "days after the start"),
    ("classes", "days with a class"),
    ("share", "percent of the course"),
]
DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
COUNTS = ("transfers", "extension_months", "grace_days", "completion_months")
SUMS = {
    "deposit": "deposit_cents",
    "minimum_kept": "minimum_kept_cents",
    "transfer_fee": "transfer_fee_cents",
    "extension_fee": "extension_fee_cents",
}


def _words(label: str, kind: dict[str, str] | None = None) -> Any:
    return StringField(label, filters=[stripped], validators=[Length(max=20)], render_kw=kind)


class StepRow(PlainForm):
    """One line: until when, how much comes back, what is kept besides."""

    measure = SelectField("Counted in", choices=MEASURES, coerce=lambda typed: typed or "", validate_choice=False)
    number = StringField("How many", filters=[stripped], render_kw=DIGITS)
    percent = StringField("Percent that comes back", filters=[stripped], render_kw=DIGITS)
    keep = StringField("Sum that is kept", filters=[stripped], render_kw=AMOUNT)

    @property
    def is_used(self) -> bool:
        return any(str(field.data or "").strip() for field in self)


class PolicyForm(Form):
    """A whole version. Sums are in whole units and cents of `currency`, as people write them."""

    steps = FieldList(FormField(StepRow), min_entries=ROWS, max_entries=ROWS)
    last_percent = _words("After that, percent that comes back", DIGITS)
    currency = _words("Currency of the sums")
    deposit = _words("Deposit, kept in any case", AMOUNT)
    minimum_kept = _words("Least that is kept, if anything", AMOUNT)
    transfers = _words("Moves to another cohort", DIGITS)
    transfer_fee = _words("Fee for a move", AMOUNT)
    completion_months = _words("Months to complete", DIGITS)
    extension_months = _words("Months that can be added", DIGITS)
    extension_fee = _words("Fee for adding them", AMOUNT)
    make_ups = _words("Missed classes that can be made up", DIGITS)
    grace_days = _words("Days of grace for a late payment", DIGITS)
    effective_on = DateField("Holds from", validators=[InputRequired("Choose a day.")])
    note = TextAreaField(
        "Why it changes",
        filters=[stripped],
        validators=[DataRequired("Say why; it stays in the history."), Length(max=500)],
        render_kw={"rows": 2},
    )
    after = HiddenField()

    def terms(self) -> Terms:
        """What was written. Raises Refused beside the field."""
        code = str(self.currency.data or "").upper()
        sums = {name: _cents(self[field].data, code, field) for field, name in SUMS.items()}
        counts = {name: _count(self[name].data, name) for name in COUNTS}
        make_ups = _count(self.make_ups.data, "make_ups") if self.make_ups.data else None
        last = Step(Measure.AFTERWARDS, 0, _count(self.last_percent.data, "last_percent"))
        steps = (*self._steps(code), last)
        return Terms(steps=steps, currency=code, make_ups=make_ups, **sums, **counts)

    def _steps(self, code: str) -> list[Step]:
        rows = [entry.form for entry in self.steps]
        used = [row for row in rows if row.is_used]
        if rows[: len(used)] != used:
            raise Refused("There is an empty line between two that are filled in.", "steps")
        return [_step(row, number, code) for number, row in enumerate(used, 1)]


def _step(row: StepRow, number: int, code: str) -> Step:
    if row.measure.data not in dict(MEASURES[1:]):
        raise Refused(f"Line {number}: say what it counts.", "steps")
    return Step(
        Measure(row.measure.data),
        _count(row.number.data, "steps", f"Line {number}: how many?"),
        _count(row.percent.data, "steps", f"Line {number}: how many percent come back?"),
        _cents(row.keep.data, code, "steps"),
    )


def _count(typed: str | None, field: str, words: str = "Write a whole number.") -> int:
    text = (typed or "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Refused(words, field)
    return int(text)


def _cents(typed: str | None, code: str, field: str) -> int:
    if not typed or typed.strip() in {"0", ""}:
        return 0
    if len(code) != 3 or not code.isalpha():
        raise Refused("Three letters, such as USD: a sum needs its currency.", "currency")
    try:
        return read_money(typed, code).cents
    except ValueError as wrong:
        raise Refused(str(wrong), field) from None


def filled(terms: Terms) -> dict[str, Any]:
    """Terms as the form shows them, to begin the next version with."""
    rows = [_row(step, terms.currency) for step in terms.steps[:-1]]
    sums = {field: _amount(getattr(terms, name), terms.currency) for field, name in SUMS.items()}
    counts = {name: str(getattr(terms, name)) for name in COUNTS}
    make_ups = "" if terms.make_ups is None else str(terms.make_ups)
    last = str(terms.steps[-1].percent)
    rest = {"steps": rows, "last_percent": last, "currency": terms.currency, "make_ups": make_ups}
    return rest | sums | counts


def _row(step: Step, code: str) -> dict[str, str]:
    told = {"measure": str(step.measure), "number": str(step.number), "percent": str(step.percent)}
    return told | {"keep": _amount(step.keep_cents, code)}


def _amount(cents: int, code: str) -> str:
    return f"{Money(cents, code).decimal.normalize():f}" if cents else ""
