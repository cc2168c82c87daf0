"""Turns a JSON Schema into one Python function, so that thousands of records are checked in milliseconds.

It knows the keywords that our schemas use and refuses any other, so nothing passes unchecked. The refusal names
the field as people write it: `sessions[3].payment`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Check = Callable[[object], None]

_TALK = {"$schema", "title", "description", "default"}
_PARTS = {"items", "properties", "required", "additionalProperties"}
_KNOWN = _TALK | _PARTS | {"type", "enum", "format", "minimum", "minItems"}


class Invalid(ValueError):
    """A value that its schema refuses: `field` says where, `reason` what is wrong."""

    def __init__(self, reason: str, *path: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = list(path)

    @property
    def field(self) -> str:
        """Where it is, e.g. `sessions[3].payment`; empty for the profile itself."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    def __str__(self) -> str:
        return f"{self.field or 'profile'}: {self.reason}"


def compile_schema(schema: Mapping[str, Any]) -> Check:
    """One function that raises Invalid; ValueError where the schema uses a keyword that is not known here."""
    if unknown := sorted(set(schema) - _KNOWN):
        raise ValueError(f"schema keyword {unknown[0]} is not supported")
    checks = [make(schema) for keyword, make in _MAKERS.items() if keyword in schema]
    passes = _usual(schema)
    if len(checks) == 1 and passes is None:
        return checks[0]

    def check(value: object) -> None:
        if passes is None or not passes(value):
            for one in checks:
                one(value)

    return check


def _usual(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """One look that lets the usual value pass; what it does not let pass is checked keyword by keyword."""
    kind = tuple(sorted(set(schema) - _TALK))
    if kind == ("minimum", "type") and schema["type"] == "integer":
        least = schema["minimum"]
        return lambda value: value.__class__ is int and value >= least
    if not isinstance(schema.get("type"), str) or set(kind) - {"type", "format"}:
        return None
    return _USUAL.get((schema["type"], schema.get("format")))


def is_day(text: str) -> bool:
    """Whether the text is a real day written YYYY-MM-DD."""
    try:
        return len(text) == 10 and text[4] == text[7] == "-" and bool(date.fromisoformat(text))
    except ValueError:
        return False


_USUAL: dict[tuple[Any, Any], Callable[[Any], bool]] = {
    ("string", None): lambda value: value.__class__ is str,
    ("string", "date"): lambda value: value.__class__ is str and is_day(value),
    ("boolean", None): lambda value: value.__class__ is bool,
}


def _is_integer(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


_TYPES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "object": ("an object", lambda value: isinstance(value, dict)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "string": ("text", lambda value: isinstance(value, str)),
    "integer": ("a whole number", _is_integer),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "null": ("null", lambda value: value is None),
}


_CLASSES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def _type(schema: Mapping[str, Any]) -> Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    tests = [_TYPES[name][1] for name in names]
    words = " or ".join(_TYPES[name][0] for name in names)
    usual = _CLASSES[names[0]]

    def check(value: object) -> None:
        if value.__class__ is usual or any(test(value) for test in tests):
            return
        raise Invalid(f"must be {words}")

    return check


def _enum(schema: Mapping[str, Any]) -> Check:
    words = ", ".join("null" if choice is None else str(choice) for choice in schema["enum"])
    choices = frozenset(schema["enum"])

    def check(value: object) -> None:
        if (value is not None and value.__class__ is not str) or value not in choices:
            raise Invalid(f"must be one of {words}")

    return check


def _format(schema: Mapping[str, Any]) -> Check:
    if schema["format"] != "date":
        raise ValueError(f"schema format {schema['format']} is not supported")

    def check(value: object) -> None:
        if isinstance(value, str) and not is_day(value):
            raise Invalid("must be a real date, YYYY-MM-DD")

    return check


def _minimum(schema: Mapping[str, Any]) -> Check:
    least = schema["minimum"]

    def check(value: object) -> None:
        if isinstance(value, int | float) and value < least:
            raise Invalid(f"must be at least {least}")

    return check


def _min_items(schema: Mapping[str, Any]) -> Check:
    least = schema["minItems"]

    def check(value: object) -> None:
        if isinstance(value, list) and len(value) < least:
            raise Invalid(f"must have at least {least} entry" if least == 1 else f"must have at least {least} entries")

    return check


def _items(schema: Mapping[str, Any]) -> Check:
    each = compile_schema(schema["items"])

    def check(value: object) -> None:
        if not isinstance(value, list):
            return
        index = 0
        try:
            for index, item in enumerate(value):  # noqa: B007 (the refusal names it)
                each(item)
        except Invalid as wrong:
            wrong.path.insert(0, index)
            raise

    return check


def _properties(schema: Mapping[str, Any]) -> Check:
    checks = {name: compile_schema(part) for name, part in schema["properties"].items()}
    required = tuple(schema.get("required", ()))
    otherwise = _refuse_unknown if schema.get("additionalProperties") is False else _take_any

    def check(value: object) -> None:
        if not isinstance(value, dict):
            return
        name = ""
        try:
            for name in required:
                if name not in value:
                    raise Invalid("is missing")
            for name, part in value.items():
                checks.get(name, otherwise)(part)
        except Invalid as wrong:
            wrong.path.insert(0, name if name.isprintable() else ascii(name))
            raise

    return check


def _refuse_unknown(_: object) -> None:
    raise Invalid("is not a known field")


def _take_any(_: object) -> None:
    """A schema that is not closed takes fields that it does not name."""


_MAKERS: dict[str, Callable[[Mapping[str, Any]], Check]] = {
    "type": _type,
    "enum": _enum,
    "format": _format,
    "minimum": _minimum,
    "minItems": _min_items,
    "items": _items,
    "properties": _properties,
}
