"""How templates are read: strictly, and with pieces that are made once (`foundation.remembering`)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import StrictUndefined

from foundation.remembering import Remembering


class PageEnvironment(Environment):
    """Flask's environment; templates without globals of their own share ours as they are.

    Jinja lays an empty layer over them for each template, and walks through both for every import of a macro.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(d, self.globals) if d else self.globals


def init_templates(app: Flask) -> None:
    """Call before anything else asks for `app.jinja_env`."""
    app.jinja_environment = PageEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Remembering)
