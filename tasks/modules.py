"""The modules that hold tasks."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "courseware",
    "credentials",
    "rules",
    "mail",
    "payments",
    "enrollment",
    "applications",
    "access",
    "packs",
    "logs",
    "erasing",
    "heartbeat",
)


def load() -> None:
    for name in MODULES:
        import_module(f"tasks.{name}")
