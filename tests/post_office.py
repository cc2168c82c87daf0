"""A real SMTP server that keeps what it is given."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Letters that were really sent over SMTP. `answers` may hold a function that refuses (`"451 later"`)."""

    def __init__(self) -> None:
        self.raw: list[tuple[list[str], bytes]] = []
        self.answer: Any = None
        self.refuse_recipient: Any = None
        self.app: Any = None
        self._controller = Controller(self, hostname="127.0.0.1", port=0, ready_timeout=60)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refuse_recipient and (refusal := self.refuse_recipient(address)):
            return str(refusal)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer and (refusal := self.answer(envelope)):
            return str(refusal)
        self.raw.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 2.0.0 taken"

    def start(self) -> None:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._controller.port = probe.getsockname()[1]
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def clear(self) -> None:
        self.raw.clear()
        self.answer = self.refuse_recipient = None

    def deliver(self) -> None:
        """What a worker does when it is nudged."""
        from tasks.mail import deliver_due_letters

        with self.app.app_context():
            deliver_due_letters.run()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    @property
    def letters(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for _, raw in self.raw]

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter, (to, _) in zip(self.letters, self.raw, strict=True) if address in to]
