"""Somebody asks for the free guide."""

import re

from foundation.clock import now
from foundation.tokens import sign

ADDRESS = "mona@example.com"


def opened(client, seconds=60):
    """A stamp of a form that has been open for a while."""
    with client.application.app_context():
        return sign("guide-form", int(now().timestamp()) - seconds)


def ask(client, **typed):
    data = {"name": "Mona", "email": ADDRESS, "opened": opened(client), "where": "page"} | typed
    return client.submit("/guide", data)


def link_in(letter, what="guide"):
    text = letter.get_body(("plain",)).get_content()
    return re.search(rf"http://127.0.0.1:5000(/{what}/\S+)", text).group(1)
