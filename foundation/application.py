"""Flask as every page of ours needs it: our way with templates; addresses, and what seals the session, built once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.globals import request_ctx
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment

from foundation.requests import CONVERTERS, PlainRequest
from foundation.templating import PageEnvironment
from foundation.tokens import Seal

ADDRESSES = 4000  # a lesson page alone has forty


class Sessions(SecureCookieSessionInterface):
    """Flask's own. What seals and opens the cookie is built once for a key, not twice a request."""

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
