"""The forms of the coaching log: a session in ten seconds, a client with consent."""

from __future__ import annotations

import re

from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from credentials.coaching_log.logging_sessions import Told
from credentials.forms import NeededWhen
from credentials.models import Client, Consent, Format, Payment
from credentials.wording import CONSENTS, PAYMENTS, RELATIONS
from foundation.db import new_public_id
from foundation.filters import shown_date
from foundation.forms import Form, stripped

NEW = ""
OTHER = "other"
A_SITTING = "A session has between 1 minute and 12 hours."
NAME = Length(max=120)
ONCE = re.compile(r"[\w-]{22}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)  # a form's own name; a phone's UUID
CONSENT_CHOICES = [(str(c), words) for c, words in CONSENTS.items()]
USUAL = [("30", "30 min"), ("45", "45 min"), ("60", "60 min"), ("90", "90 min"), (OTHER, "Other")]


class ClientForm(Form):
    """A client as the trainee knows them."""

    client_name = StringField(
        "Name", filters=[stripped], validators=[InputRequired("Give the client a name."), Length(max=120)]
    )
    client_contact = StringField("Contact", filters=[stripped], validators=[Optional(), Length(max=200)])
    client_organisation = StringField("Organisation", filters=[stripped], validators=[Optional(), Length(max=120)])
    relation = SelectField("How they came to me", choices=[(str(r), words) for r, words in RELATIONS.items()])
    consent = RadioField("Consent", choices=CONSENT_CHOICES, default=str(Consent.GIVEN))
    consent_on = DateField("Said so on", validators=[Optional()])


class MergeForm(Form):
    """Two clients who are one person: whose name and code stay, and whose word about the log is theirs."""

    keep = RadioField("Keep", validators=[InputRequired("Choose who stays.")])
    consent = RadioField("What this person says", validators=[InputRequired("Choose what this person says.")])

    def offer(self, one: Client, other: Client) -> None:
        both = (one, other)
        self.keep.choices = [(c.public_id, f"{c.name} ({c.code})") for c in both]
        self.consent.choices = [(c.public_id, said_words(c)) for c in both]


def said_words(client: Client) -> str:
    """What a client says about standing in the log, and since when."""
    since = f", {shown_date(client.consent_on)}" if client.consent_on else ", no day noted"
    return f"{CONSENTS[client.consent]}{'' if client.consent == Consent.REFUSED else since} ({client.code})"


class SessionForm(Form):
    """A session. Only what the day needs is asked; the rest has the answer of last time."""

    once = HiddenField(default=new_public_id)
    client = SelectField("Client", validate_choice=True)
    client_name = StringField(
        "New client's name",
        filters=[stripped],
        validators=[NeededWhen("client", NEW, "Give the new client a name, or choose one you know."), NAME],
    )
    client_contact = StringField("Contact", filters=[stripped], validators=[Optional(), Length(max=200)])
    consent = SelectField("Consent", choices=CONSENT_CHOICES, default=str(Consent.GIVEN))
    on = DateField("Day", validators=[InputRequired("Choose the day of the session.")])
    minutes = RadioField("How long", choices=USUAL, default="60", validators=[InputRequired("Choose how long it was.")])
    other_minutes = IntegerField(
        "Other minutes",
        validators=[NeededWhen("minutes", OTHER, "Say how many minutes."), NumberRange(1, 720, A_SITTING)],
    )
    payment = RadioField(
        "Paid how",
        choices=[(str(p), words) for p, words in PAYMENTS.items()],
        default=str(Payment.PAID),
        validators=[InputRequired("Choose one.")],
    )
    format = RadioField(
        "With", choices=[("individual", "One person"), ("group", "A group")], default=str(Format.INDIVIDUAL)
    )
    participants = IntegerField(
        "People in the group",
        validators=[
            NeededWhen("format", str(Format.GROUP), "Say how many people were in the group."),
            NumberRange(2, 500, "A group has at least two people."),
        ],
    )
    starts = TimeField("Began at", validators=[Optional()])
    notes = TextAreaField("Notes for yourself", filters=[stripped], validators=[Optional(), Length(max=4000)])

    def offer(self, clients: list[Client], keep: Client | None = None) -> None:
        """The trainee's own clients, the recent first, and a new one at the end; `keep` even where forgotten."""
        kept = [c for c in clients if not c.forgotten_at or (keep and c.id == keep.id)]
        known = [(c.public_id, f"{c.name} ({c.code})") for c in kept]
        self.client.choices = [*known, (NEW, "A new client…")]

    def validate_once(self, field: HiddenField) -> None:
        if not ONCE.fullmatch(field.data or ""):
            raise ValidationError("Load this page anew and try again.")

    def told(self, client: Client) -> Told:
        """What was said, as the log takes it."""
        is_group = self.format.data == Format.GROUP
        assert self.on.data
        return Told(
            client=client,
            on=self.on.data,
            minutes=self.other_minutes.data or 0 if self.minutes.data == OTHER else int(self.minutes.data),
            format=Format(self.format.data),
            participants=self.participants.data or 0 if is_group else 1,
            payment=Payment(self.payment.data),
            starts=self.starts.data,
            notes=self.notes.data or "",
        )
