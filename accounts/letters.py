"""Flask-Security's mail, put into the outbox like every other letter."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Response, after_this_request, has_request_context
from flask_security.mail_util import MailUtil
from flask_security.utils import _view_commit

from foundation.clock import now
from foundation.filters import absolute
from mail.promising import owe_letter

LINKS = ("reset_link", "confirmation_link", "login_link", "token", "within")


class OutboxMailUtil(MailUtil):
    """Promises the letter in the transaction of the request; the worker renders and sends it."""

    def send_mail(  # type: ignore[override]
        self, template: str, subject: str, recipient: str, sender: Any, body: Any, html: Any, **kwargs: Any
    ) -> None:
        user, name_of_kind = kwargs.get("user"), template.rsplit("/", 1)[-1]
        links = {name: _ours(str(kwargs.get(name) or "")) for name in LINKS}
        facts = {"name": getattr(user, "name", ""), "email": getattr(user, "email", recipient), **links}
        facts["change_link"] = _ours(str(kwargs.get("link") or ""))
        at = now()
        owe_letter(
            f"account.{name_of_kind}",
            to=recipient,
            facts=facts,
            dedupe=f"account:{name_of_kind}:{getattr(user, 'id', 0)}:{at.timestamp()}",
            at=at,
            user_id=getattr(user, "id", None),
        )
        if has_request_context():
            after_this_request(_kept)


def _ours(link: str) -> str:
    """The library takes the host from the request, and anybody may send any; a letter leads to our own address."""
    parts = urlsplit(link)
    return absolute(urlunsplit(("", "", parts.path, parts.query, ""))) if parts.netloc else link


def _kept(response: Response) -> Response:
    """Some of the library's views (a forgotten password) change nothing else and would not commit the letter."""
    commit: Any = _view_commit
    return commit(response) if response.status_code < 500 else response
