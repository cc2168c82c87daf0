"""Remembering: a piece of a page that depends on nothing but what it names is made once and shown again.

    {% remember programs, cohorts %} ... {% endremember %}

The named values are the key, so that no piece is ever stale: where one of them is another, the piece is made anew.
Nothing of one person or one visit may stand in a piece (form tokens, nonces, who is signed in); tests/house reads
the templates for that.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

from flask import g, has_request_context
from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from foundation.filters import reader_zone
from foundation.money import Money

MOST = 500  # pieces that a process keeps; the oldest goes first
PLAIN = (str, int, date, Money, type(None))
LARGE = 600  # bytes; a smaller piece is compressed with what stands around it


class WorkedOut:
    """Something that is worked out of plain facts alone, where it is looked at: a page remembers it by the facts.

    Whoever derives from this keeps nothing else and asks nobody: properties of the facts, cached as one likes.
    """

    def __init__(self, known_by: tuple[Any, ...]) -> None:
        self.known_by = known_by


class Piece:
    """A piece of HTML, and what it is on the wire, which is worked out where it is first sent."""

    def __init__(self, html: Markup) -> None:
        self.html = html

    @cached_property
    def encoded(self) -> bytes:
        return self.html.encode()

    @cached_property
    def deflated(self) -> bytes:
        """Whole blocks of RFC 1951 that refer to nothing outside themselves and are not the last."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(self.encoded) + packer.flush(zlib.Z_FULL_FLUSH)

    def found_in(self, page: bytes, start: int) -> int:
        """Where the piece stands in a page, not before `start`; -1 where it does not or is small."""
        encoded = self.encoded
        if len(encoded) < LARGE:
            return -1
        at = page.find(encoded[:50], start)
        while at >= 0 and not page.startswith(encoded, at):
            at = page.find(encoded[:50], at + 1)
        return at


def pieces_shown() -> Sequence[Piece]:
    """What this request's page remembered, in its order."""
    shown: Sequence[Piece] = g.get("pieces", ())
    return shown


class Remembering(Extension):
    """The tag. Dates inside are shown in the reader's zone, which is therefore part of every key."""

    tags = {"remember"}  # noqa: RUF012 (as Jinja declares it)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.pieces: dict[Any, Piece] = {}
        self.lock = Lock()

    def parse(self, parser: Parser) -> nodes.Node:
        line, named = next(parser.stream).lineno, list[nodes.Expr]()
        while parser.stream.current.type != "block_end":
            if named:
                parser.stream.expect("comma")
            named.append(parser.parse_expression())
        body = parser.parse_statements(("name:endremember",), drop_needle=True)
        place = nodes.Const(f"{parser.name}:{line}")
        shown = self.call_method("shown", [place, nodes.Tuple(named, "load")], lineno=line)
        return nodes.CallBlock(shown, [], [], body).set_lineno(line)

    def shown(self, place: str, named: tuple[Any, ...], caller: Callable[[], Markup]) -> Markup:
        """The piece, made where it is not there yet. Types are part of the key: safe HTML equals its text."""
        plain = tuple([one.known_by if isinstance(one, WorkedOut) else one for one in named])
        key = (place, reader_zone().key, plain, *map(type, named))
        piece = self.pieces.get(key) or self._made(key, plain, caller)
        if has_request_context():
            g.setdefault("pieces", []).append(piece)
        return piece.html

    def _made(self, key: Any, named: tuple[Any, ...], caller: Callable[[], Markup]) -> Piece:
        if not all(isinstance(value, Markup) or is_plain(value) for value in named):
            raise TypeError(f"{key[0]}: a piece is remembered by plain values, not by {named!r}")
        made = Piece(caller())
        with self.lock:
            if len(self.pieces) >= MOST:
                del self.pieces[next(iter(self.pieces))]
            self.pieces[key] = made
        return made


def is_plain(value: Any) -> bool:
    """Text, numbers, days, money, nothing, and tuples of these: what can't change and equals only itself."""
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return isinstance(value, PLAIN) and not isinstance(value, Markup)
