"""The shapes of parameters: each reads text into a value or refuses it in Stripe's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from payments.sandbox.errors import invalid, required, unsupported


class Shape(Protocol):
    def read(self, value: Any, param: str) -> Any: ...


@dataclass(frozen=True)
class Text:
    limit: int = 5000
    may_unset: bool = False

    def read(self, value: Any, param: str) -> str | None:
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {value!r}", param)
        if value == "":
            if self.may_unset:
                return None
            raise invalid(_EMPTY.format(param=param), param, "parameter_invalid_empty")
        if len(value) > self.limit:
            raise invalid(f"Invalid string: must be at most {self.limit} characters", param)
        return value


_EMPTY = (
    "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
    "however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty "
    "value."
)


@dataclass(frozen=True)
class Integer:
    at_least: int | None = None
    at_most: int | None = None

    def read(self, value: Any, param: str) -> int:
        text = value if isinstance(value, str) else ""
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 15:
            raise invalid(f"Invalid integer: {value}", param, "parameter_invalid_integer")
        number = int(text)
        if self.at_least is not None and number < self.at_least:
            message = f"This value must be greater than or equal to {self.at_least}."
            raise invalid(message, param, "parameter_invalid_integer")
        if self.at_most is not None and number > self.at_most:
            message = f"This value must be less than or equal to {self.at_most}."
            raise invalid(message, param, "parameter_invalid_integer")
        return number


@dataclass(frozen=True)
class Decimal:
    def read(self, value: Any, param: str) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise invalid(f"Invalid decimal: {value}", param) from None


@dataclass(frozen=True)
class Boolean:
    def read(self, value: Any, param: str) -> bool:
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", param)
        return bool(value == "true")


class Choice:
    def __init__(self, *words: str) -> None:
        self.words = words

    def read(self, value: Any, param: str) -> str:
        if value not in self.words:
            name = param.rpartition("[")[2].rstrip("]")
            raise invalid(f"Invalid {name}: must be one of {_either(self.words)}", param)
        return str(value)


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, or {words[-1]}"


@dataclass(frozen=True)
class Strings:
    """Metadata: at most 50 short texts. An empty text unsets its key, or all of it."""

    def read(self, value: Any, param: str) -> dict[str, str]:
        if value == "":
            return {}
        if not isinstance(value, dict) or len(value) > 50:
            raise invalid("Metadata can have at most 50 keys", param)
        for key, text in value.items():
            if len(key) > 40:
                raise invalid(f"Metadata keys can have up to 40 characters: {key}", f"{param}[{key}]")
            if not isinstance(text, str) or len(text) > 500:
                raise invalid("Metadata values can have up to 500 characters", f"{param}[{key}]")
        return dict(value)


class Fields:
    """A closed group: what it doesn't name is refused."""

    def __init__(self, shapes: Mapping[str, Shape], need: tuple[str, ...] = ()) -> None:
        self.shapes = shapes
        self.need = need

    def read(self, value: Any, param: str = "") -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid("Invalid object", param)
        for name in value:
            if name not in self.shapes:
                path = _path(param, name)
                raise invalid(f"Received unknown parameter: {path}", path, "parameter_unknown")
        for name in self.need:
            if name not in value:
                raise required(_path(param, name))
        return {name: self.shapes[name].read(item, _path(param, name)) for name, item in value.items()}


@dataclass(frozen=True)
class Rows:
    of: Shape
    at_most: int = 100

    def read(self, value: Any, param: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise invalid("Invalid array", param)
        if len(value) > self.at_most:
            raise invalid(f"Array can have at most {self.at_most} elements", param)
        ordered = sorted(value, key=int)
        return [self.of.read(value[key], f"{param}[{key}]") for key in ordered]


@dataclass(frozen=True)
class Unsettable:
    """A group that an empty text takes away."""

    of: Shape

    def read(self, value: Any, param: str) -> Any:
        return None if value == "" else self.of.read(value, param)


@dataclass(frozen=True)
class Unsupported:
    """Stripe has it, the local Stripe hasn't."""

    def read(self, value: Any, param: str) -> Any:
        raise unsupported(param)


def _path(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name


ADDRESS_FIELDS = ("line1", "line2", "city", "state", "postal_code", "country")
ADDRESS = Fields({name: Text(may_unset=True) for name in ADDRESS_FIELDS})
SHIPPING = Fields(
    {
        "name": Text(),
        "phone": Text(may_unset=True),
        "address": ADDRESS,
        "carrier": Text(),
        "tracking_number": Text(),
    }
)
EXPAND = Rows(Text(), 20)
TIME_RANGE_NAMES = ("gt", "gte", "lt", "lte")


class TimeRange:
    """`created=1700000000`, or `created[gte]=…`."""

    def read(self, value: Any, param: str) -> dict[str, int]:
        if isinstance(value, str):
            return {"eq": Integer().read(value, param)}
        return Fields({name: Integer() for name in TIME_RANGE_NAMES}).read(value, param)


def listing(**filters: Shape) -> Fields:
    """The shape of a list call: its own filters and Stripe's pagination."""
    pages: dict[str, Shape] = {
        "limit": Integer(1, 100),
        "starting_after": Text(),
        "ending_before": Text(),
        "created": TimeRange(),
        "expand": EXPAND,
    }
    return Fields(pages | filters)
