"""A school made for a test, through the same verbs that the pages use."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask

NUMBERS = itertools.count(1)


class School:
    """`school.user("Ana Lima")`, `school.cohort(seats=2)`: each maker lives in a file of `tests/makers/`.

    A maker `def cohort(school, **wishes)` runs inside an application context; what it returns is committed, loaded
    and detached, so that a test can read its columns anywhere.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.number = NUMBERS

    def now(self) -> datetime:
        return datetime.now(UTC)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        for path in sorted(Path(__file__).parent.glob("*.py")):
            if path.stem != "__init__":
                maker = getattr(import_module(f"tests.makers.{path.stem}"), name, None)
                if callable(maker) and maker.__module__ == f"tests.makers.{path.stem}":
                    return partial(self._make, maker)
        raise AttributeError(f"no maker {name!r} in tests/makers/")

    def _make(self, maker: Callable[..., Any], *args: Any, **wishes: Any) -> Any:
        from foundation.db import db

        with self.app.app_context():
            made = maker(self, *args, **wishes)
            db.session.commit()
            if hasattr(made, "__tablename__"):
                db.session.refresh(made)
            db.session.expunge_all()
            return made
