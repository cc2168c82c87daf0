"""Flask as every page of ours needs it: our way with templates; addresses, and what seals the session, built once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.globals import request_ctx
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import BadSignature

from foundation.requests import CONVERTERS, PlainRequest
from foundation.templating import PageEnvironment
from foundation.tokens import Seal


@lru_cache(1000)
def proved(seal: Seal, cookie: str) -> tuple[bytes, float] | None:
    """What is sealed in it, and when that was; None where the seal is none of ours."""
    try:
        payload, at = seal.kept_signer.unsign(cookie, return_timestamp=True)
    except BadSignature:
        return None
    return payload, at.timestamp()


ADDRESSES = 4000  # a lesson page alone has forty


class Sessions(SecureCookieSessionInterface):
    """Flask's own. What seals and opens the cookie is built once for a key, not twice a request.

    A cookie whose seal was looked at is known by its letters, and is only unpacked again; its age is always looked at.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        cookie, seal = request.cookies.get(self.get_cookie_name(app)), self.get_signing_serializer(app)
        if not cookie or seal is None:
            return super().open_session(app, request)
        opened = proved(seal, cookie)
        if opened is None or time.time() - opened[1] > app.permanent_session_lifetime.total_seconds():
            return self.session_class()
        return self.session_class(seal.load_payload(opened[0]))

    def get_signing_serializer(self, app: Flask) -> Seal | None:
        kept: tuple[Any, Seal] | None = app.extensions.get("session_seal")
        keys = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        if kept is None or kept[0] != keys:
            every = [*(app.config["SECRET_KEY_FALLBACKS"] or []), app.secret_key]  # the newest comes last
            seal = Seal(every, self.salt, serializer=self.serializer, key_derivation=self.key_derivation)
            app.extensions["session_seal"] = kept = (keys, seal)
        return kept[1] if app.secret_key else None


class Application(Flask):
    """Our Flask. Views and addresses are the same for everybody, so that an address is built once."""

    jinja_environment: type[Environment] = PageEnvironment
    session_interface = Sessions()
    request_class: type[Request] = PlainRequest

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, **options)
        self.url_map.converters.update(CONVERTERS)
        self.address_of = lru_cache(ADDRESSES, typed=True)(self._address_of)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: nothing of ours is asynchronous, and Flask would look at every function of every request."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Flask's own; a plain one (a path on this site, made of words and numbers) is remembered."""
        given = {name: value for name, value in values.items() if value is not None}
        if not request_ctx or endpoint.startswith(".") or not all(map(_is_plain, given, given.values())):
            return super().url_for(endpoint, **values)
        return self.address_of(request_ctx.request.root_path, endpoint, **given)

    def _address_of(self, _root: str, endpoint: str, /, **values: Any) -> str:
        return super().url_for(endpoint, **values)


def _is_plain(name: str, value: Any) -> bool:
    """Words and numbers for the view or the query; Flask's own options begin with an underscore."""
    return isinstance(value, str | int) and not name.startswith("_")
