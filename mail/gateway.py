"""The only file that speaks SMTP: one letter handed over, and what became of it."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import unquote, urlsplit

SECONDS = 15.0


class Fate(StrEnum):
    """What the mail server said of a letter."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    NO_SUCH_ADDRESS = "no_such_address"
    LOCKED_OUT = "locked_out"


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    code: int | None
    text: str


def hand_over(message: EmailMessage, to: str, smtp_url: str, *, seconds: float = SECONDS) -> Outcome:
    """Give one letter to the mail server, which answers within `seconds` a step. Raises nothing that SMTP can say."""
    try:
        with _connected(smtp_url, seconds) as server:
            server.send_message(message, to_addrs=[to])
    except smtplib.SMTPAuthenticationError as error:
        return Outcome(Fate.LOCKED_OUT, error.smtp_code, _words(error.smtp_error))
    except smtplib.SMTPRecipientsRefused as error:
        return _refused_address(*error.recipients[to])
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, _words(error.smtp_error))
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Fate.LATER, None, f"{type(error).__name__}: {error}")
    return Outcome(Fate.TAKEN, 250, "")


def _connected(smtp_url: str, seconds: float) -> smtplib.SMTP:
    parts = urlsplit(smtp_url)
    host, context = parts.hostname or "127.0.0.1", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=seconds, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or (587 if parts.scheme == "smtp+starttls" else 25), timeout=seconds)
    try:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _refused_address(code: int, raw: bytes | str) -> Outcome:
    """RFC 3463: 5.1.x speaks of the address itself; a plain 550, 551 or 553 does too. The rest is about the letter."""
    text = _words(raw)
    about_address = code >= 500 and (text.startswith("5.1.") or (code in {550, 551, 553} and not text.startswith("5.")))
    return Outcome(Fate.NO_SUCH_ADDRESS, code, text) if about_address else _refused(code, text)


def _refused(code: int, text: str) -> Outcome:
    if code in {530, 535}:
        return Outcome(Fate.LOCKED_OUT, code, text)
    return Outcome(Fate.REFUSED if code >= 500 else Fate.LATER, code, text)


def _words(raw: bytes | str) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return " ".join(text.split())[:500]
