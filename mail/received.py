"""Letters that the development mailbox has kept, newest first."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

NAME = re.compile(r"\d{20}-\d+-\d+")


@dataclass(frozen=True, slots=True)
class Received:
    """One kept letter, as it came over the wire."""

    name: str
    message: EmailMessage

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.split("-")[0]) / 1e9, UTC)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(no subject)")

    @property
    def to(self) -> str:
        return str(self.message["X-Envelope-To"] or self.message["To"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items() if name != "X-Envelope-To"]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


def names(folder: Path) -> list[str]:
    """The names of all kept letters, newest first."""
    return sorted((p.stem for p in folder.glob("[0-9]*.eml") if NAME.fullmatch(p.stem)), reverse=True)


def load(folder: Path, name: str) -> Received | None:
    """One letter, or None where there is none of this name."""
    path = folder / f"{name}.eml"
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    return Received(name, email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
