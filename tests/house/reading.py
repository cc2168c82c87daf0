"""Reading the project's own source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("accounts", "community", "courseware", "credentials", "demo", "desk", "enrollment", "foundation", "mail")
ROOMS += ("payments", "tasks")


def sources(*folders: str) -> list[Path]:
    """Every Python file of the product (not of its tests)."""
    found = [path for folder in folders or ROOMS for path in (ROOT / folder).rglob("*.py")]
    return sorted([*found, ROOT / "app.py", ROOT / "rooms.py"] if not folders else found)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with the number of its lines, docstring and signature left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body:
                yield node.name, (body[-1].end_lineno or 0) - body[0].lineno + 1


def calls(path: Path, attribute: str) -> list[int]:
    """The lines on which something's `.attribute()` is called."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute
    ]
