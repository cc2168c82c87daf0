"""Who may enter: every view carries a mark, and a view without one lets nobody in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Entry:
    """Who may enter a view. `roles` empty: anybody signed in. The owner enters wherever staff do."""

    kind: str
    roles: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind}({', '.join(sorted(self.roles))})" if self.roles else self.kind


def _mark(view: View, entry: Entry) -> View:
    view.__entry__ = entry  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody."""
    return _mark(view, Entry("public"))


def machine(view: View) -> View:
    """Another program, which proves itself in its own way (a signature, a token)."""
    return _mark(view, Entry("machine"))


def development(view: View) -> View:
    """Only where the program runs in development or under test; elsewhere the page is not there."""
    return _mark(view, Entry("development"))


def signed_in(view: View) -> View:
    """Anybody with an account."""
    return _mark(view, Entry("signed_in"))


def staff(*roles: str) -> Callable[[View], View]:
    """Staff who hold one of the roles, and the owner."""
    return lambda view: _mark(view, Entry("staff", frozenset(roles) | {"owner"}))


def entry_of(app: Flask, endpoint: str) -> Entry | None:
    """The mark of a view, looked for under any wrapper that keeps `__wrapped__`."""
    view = app.view_functions[endpoint]
    declared: dict[str, Entry] = app.extensions.setdefault("access", {})
    return declared.get(endpoint) or getattr(view, "__entry__", None)


def declare(app: Flask, endpoint: str, kind: str) -> None:
    """Mark a library's view, which we can't decorate."""
    app.extensions.setdefault("access", {})[endpoint] = Entry(kind)


def init_access(app: Flask) -> None:
    app.before_request(_guard)


def _guard() -> Any:
    if request.endpoint is None or request.endpoint not in current_app.view_functions:
        return None
    entry = entry_of(current_app, request.endpoint)
    if entry is None:
        abort(403)
    if entry.kind == "development" and current_app.config["SETTINGS"].in_production:
        abort(404)
    if entry.kind in {"public", "machine", "development"}:
        return None
    if not current_user.is_authenticated:
        return _to_login()
    if entry.roles and entry.roles.isdisjoint(current_user.role_names):
        abort(403)
    return None


def _to_login() -> Any:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=wanted), 303)
