"""The forms of a wallet: a credential, units by hand, a document, and the day of a submission."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, Optional, Regexp, StopValidation

from credentials.coaching_log.importing.lengths import NotALength, Unit, read_minutes
from credentials.forms import Asked
from credentials.models import Level
from foundation.db import new_public_id
from foundation.forms import Form, stripped
from foundation.uploads import Document, checked_document

LEVELS = [(str(level), str(level)) for level in Level]


class Hours(StringField):
    """Hours as people write them (`1.5`, `1:30`, `90 min`); `minutes` holds them as whole minutes."""

    minutes = 0

    def pre_validate(self, form: BaseForm) -> None:
        try:
            self.minutes = read_minutes(self.data or "", Unit.HOURS)
        except NotALength:
            raise StopValidation("Write hours, such as 6 or 1.5 or 1:30.") from None


class CredentialForm(Form):
    """A credential as ICF granted it."""

    level = SelectField("Credential", choices=LEVELS)
    granted_on = DateField(
        "First granted on", validators=[InputRequired("Give the day; it stands on ICF's certificate.")]
    )
    expires_on = DateField("Expires on", validators=[InputRequired("Give the day; it stands on ICF's certificate.")])
    number = StringField("Number", filters=[stripped], validators=[Optional(), Length(max=40)])


class UnitForm(Form):
    """A course, and how many hours of each kind it had."""

    once = HiddenField(
        default=new_public_id, validators=[Regexp(r"^[\w-]{22}$", message="Load this page anew and try again.")]
    )
    title = StringField("Course", filters=[stripped], validators=[InputRequired("Name the course."), Length(max=200)])
    provider = StringField("Provider", filters=[stripped], validators=[Optional(), Length(max=120)])
    on = DateField("Completed on", validators=[InputRequired("Choose the day; it stands on the certificate.")])
    core = Hours("Core Competencies", filters=[stripped])
    ethics = Hours("Coaching ethics", filters=[stripped])
    resource = Hours("Resource Development", filters=[stripped])
    supervision = Hours("Coaching supervision", filters=[stripped])
    document = FileField("Certificate or other document", validators=[Optional()])


class DocumentForm(Form):
    """A further document of a unit."""

    document = FileField("Document", validators=[FileRequired("Choose a file.")])


class QuietForm(Form):
    """Letters off or on; only the token is a field."""


class DayForm(Asked):
    """Which credential, and on which day the renewal would be submitted."""

    credential = SelectField("Credential", choices=LEVELS)
    on = DateField("If I submit on", validators=[InputRequired("Choose a day.")])


def document_in(form: UnitForm | DocumentForm) -> Document | None:
    """The document that came with a form, judged by its content. Raises Refused."""
    given = form.document.data
    return checked_document(given.filename or "", given.read(), field="document") if given else None
