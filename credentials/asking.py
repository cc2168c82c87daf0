"""Reading what an address asks for: pages, days and words that anybody may have mistyped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for

from foundation.text import whole_number


def page_number() -> int:
    """`?page=` as a number; anything else is the first page."""
    return whole_number(request.args.get("page"), 1)


def page_url(endpoint: str = "") -> Callable[[int], str]:
    """The address of another page of the same list (or of the named one), with the same filters."""
    endpoint = endpoint or request.endpoint or ""
    here: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict()}
    return lambda number: url_for(endpoint, **here | {"page": number})


def with_filters(endpoint: str) -> str:
    """Another view with the filters of this address, such as the CSV of what is on the screen."""
    asked: dict[str, Any] = {name: value for name, value in request.args.to_dict().items() if name != "page"}
    return url_for(endpoint, **asked)


def offer_undo(text: str, action: str, **fields: str) -> None:
    """Say what was done, with a button that takes it back."""
    message: Any = {"text": text, "action": action, "fields": fields}
    flash(message, "undo")
