"""How templates are read: strictly, with pieces that are made once, and without what Jinja does twice.

A page calls two hundred macros and shows a thousand values. Jinja wraps each of them to mark it as safe, and then joins
them all to one text; here it is escaped and joined.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped_text  # type: ignore[attr-defined]

from foundation.remembering import Remembering


def shown(value: Any) -> str:
    """A value as it stands in the page: what `escape` gives, without the mark that it is safe."""
    if isinstance(value, Markup):
        return value
    if type(value) is str:
        return str(escaped_text(value))
    return str(value) if type(value) is int else escape(value)


class PageGenerator(CodeGenerator):
    """Lets `{{ ... }}` ask `shown` where it would ask `escape`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


class PageContext(Context):
    """Calls a macro without asking first what kind of function it might be."""

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if type(called) is not Macro:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **kwargs)


class PageEnvironment(Environment):
    """Templates without globals of their own share ours as they are.

    (Jinja lays an empty layer over them for each template and walks through both for every import of a macro.)
    """

    code_generator_class = PageGenerator
    context_class = PageContext
    shown = staticmethod(shown)

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.undefined = StrictUndefined
        self.trim_blocks = self.lstrip_blocks = True
        self.add_extension(Remembering)
        self.filters["drawn_once"] = lru_cache(400, typed=True)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(d, self.globals) if d else self.globals
