"""Reads folders of rule files. Every refusal names the file, the rule set and the key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from credentials.rules.laying import EMPTY, Document, laid_over
from credentials.rules.model import RuleBook, RulesError
from credentials.rules.parsing import named, needed_day, objects, texts

SHIPPED = Path(__file__).parent / "data"


def load(*folders: Path) -> RuleBook:
    """The rulebook of the shipped files and of further folders; there, a rule set replaces the one of the same id.

    Raises RulesError where a file cannot be read or lacks what it needs. `checking.check` looks at the whole.
    """
    return laid_over(EMPTY, [read_folder(folder) for folder in (SHIPPED, *folders)])


def read_folder(folder: Path) -> Document:
    """What the files of a folder say. Raises RulesError."""
    files = sorted((folder / "rule_sets").glob("*.json"))
    return Document(
        rule_sets=tuple((file.name, _read(file)) for file in files),
        sources=named("sources.json", "sources", _part(folder, "sources.json", "sources", {})),
        changes=tuple(objects("changes.json", "changes", _part(folder, "changes.json", "changes", []))),
        keys=named("keys.json", "keys", _part(folder, "keys.json", "keys", {})),
        open_questions=texts(
            "open_questions.json", "open_questions", _part(folder, "open_questions.json", "open_questions", [])
        ),
        compiled_on=_compiled_on(folder),
    )


def read_json(name: str, text: str | bytes) -> Any:
    """JSON in which no key stands twice and every number is one. Raises RulesError."""
    try:
        found = json.loads(text, object_pairs_hook=lambda pairs: _each_once(name, pairs), parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except RulesError:
        raise
    except UnicodeEncodeError as trouble:
        raise RulesError(f"{name}: not readable as JSON: an escape spells half a character") from trouble
    except (json.JSONDecodeError, UnicodeDecodeError, _NoNumber) as trouble:
        raise RulesError(f"{name}: not readable as JSON: {trouble}") from trouble
    except (ValueError, RecursionError) as trouble:
        raise RulesError(f"{name}: not readable as JSON: too deep, or a number too long") from trouble
    return found


class _NoNumber(ValueError):
    """A word that JSON has for no number."""


def _each_once(name: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise RulesError(f"{name}: {twice}: stands twice in one object")
    return found


def _no_number(word: str) -> Any:
    raise _NoNumber(f"{word} is no number")


def _read(file: Path) -> Mapping[str, Any]:
    try:
        found = read_json(file.name, file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as trouble:
        raise RulesError(f"{file.name}: not readable as JSON: {trouble}") from trouble
    if not isinstance(found, dict):
        raise RulesError(f"{file.name}: holds no object")
    return found


def _part(folder: Path, name: str, part: str, otherwise: Any) -> Any:
    file = folder / name
    if not file.exists():
        return otherwise
    found = _read(file)
    if part not in found:
        raise RulesError(f"{name}: lacks {part}")
    return found[part]


def _compiled_on(folder: Path) -> date | None:
    told = _part(folder, "sources.json", "compiled_on", None)
    return needed_day("sources.json", "compiled_on", told) if told is not None else None
