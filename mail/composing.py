"""A letter as it goes over the wire: headers by the standard library, never by hand."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from foundation.config import Settings
from mail.models import Category, Letter
from mail.rendering import unsubscribe_link
from mail.sealing import opened, recipient

# At 78 the standard library would write a long List-Unsubscribe as RFC 2047 words, which breaks one-click.
WIRE = SMTP.clone(max_line_length=998)


def compose(letter: Letter, settings: Settings) -> EmailMessage:
    """The message, byte for byte the same at every try. Raises ValueError where an address or a name is no header."""
    message = EmailMessage(policy=WIRE)
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(letter.promised_at)
    message["From"] = Address(display_name=settings.school_name, addr_spec=settings.mail_from)
    message["Reply-To"] = Address(display_name=settings.school_name, addr_spec=settings.school_email)
    message["To"] = Address(addr_spec=recipient(letter))
    message["Subject"] = letter.subject or ""
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"
    if letter.category == Category.MARKETING:
        _one_click(message, letter, settings)
    message.set_content(opened(letter, letter.text or "", html=False), cte="quoted-printable")
    html = opened(letter, letter.html or "", html=True)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{letter.public_id}")
    return message


def _one_click(message: EmailMessage, letter: Letter, settings: Settings) -> None:
    """RFC 8058: a mail program unsubscribes with one POST."""
    by_mail = f"mailto:{settings.school_email}?subject=unsubscribe"
    message["List-Unsubscribe"] = f"<{unsubscribe_link(letter.to_address)}>, <{by_mail}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
