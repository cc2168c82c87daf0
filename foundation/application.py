"""Flask as every page of ours needs it: strict templates, pieces of pages made once, addresses built once."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.globals import request_ctx
from flask.templating import Environment
from jinja2 import StrictUndefined

from foundation.remembering import Remembering

ADDRESSES = 4000  # a lesson page alone has forty


class PageEnvironment(Environment):
    """Templates, strictly read. Those without globals of their own share ours as they are.

    (Jinja lays an empty layer over them for each template and walks through both for every import of a macro.)
    """

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.undefined = StrictUndefined
        self.trim_blocks = self.lstrip_blocks = True
        self.add_extension(Remembering)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(d, self.globals) if d else self.globals


class Application(Flask):
    """Our Flask. Views and addresses are the same for everybody, so that an address is built once."""

    jinja_environment: type[Environment] = PageEnvironment

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, **options)
        self.address_of = lru_cache(ADDRESSES, typed=True)(self._address_of)

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
