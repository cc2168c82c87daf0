"""What is sent to us, as every page can take it: no NUL in it, which PostgreSQL keeps in no text."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import PathConverter, UnicodeConverter
from werkzeug.utils import cached_property

NUL = "\0"


class PlainRequest(Request):
    """A NUL in a question or in what was typed is left out: nobody sees one, and the rest is what was meant."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        given: MultiDict[str, str] = super().args
        return without_nul(given) if b"%00" in self.query_string else given

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        typed = self.__dict__["form"]
        if any(NUL in value for _, value in typed.items(multi=True)):
            self.__dict__["form"] = without_nul(typed)


def without_nul(given: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((name, value.replace(NUL, "")) for name, value in given.items(multi=True))


class PlainWord(UnicodeConverter):
    """A piece of an address: one with a NUL leads nowhere."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.regex = self.regex.replace("[^/]", "[^/\\x00]")


class PlainPath(PathConverter):
    """The same for what may hold slashes."""

    regex = "[^/\\x00][^\\x00]*?"


CONVERTERS = {"default": PlainWord, "string": PlainWord, "path": PlainPath}
