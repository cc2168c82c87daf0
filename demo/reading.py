"""Reading the demo school's texts: Markdown with front matter, and YAML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parent / "content"


@dataclass(frozen=True, slots=True)
class Text:
    """A Markdown file: its front matter and what follows."""

    facts: dict[str, Any]
    body: str


def text(path: Path) -> Text:
    """Raises ValueError where the front matter is not closed."""
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    return Text(yaml.safe_load(front), body.strip())


def texts(folder: str) -> list[Text]:
    return [text(path) for path in sorted((CONTENT / folder).glob("*.md"))]


@cache
def table(name: str) -> Any:
    return yaml.safe_load((CONTENT / f"{name}.yaml").read_text("utf-8"))
