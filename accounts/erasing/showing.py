"""The list of what goes and what stays, as people read it: made of what the rooms say, and of nothing else."""

from __future__ import annotations

from typing import NamedTuple

from accounts.erasing.terms import kept, parts


class Told(NamedTuple):
    """What goes, and what stays with the reason for it."""

    goes: list[str]
    stays: list[tuple[str, str]]


def told() -> Told:
    goes = [words for part in reversed(parts()) for words in part.told]  # the account first, the books last
    return Told(goes, [(one.what, one.why) for one in kept()])


def as_table() -> str:
    """The same as rows of Markdown, for `docs/privacy.md`; a test compares them."""
    rows = [f"| {', '.join(f'`{name}`' for name in one.columns)} | {one.what} | {one.why} |" for one in kept()]
    return "\n".join(["| where | what stays | why |", "| --- | --- | --- |", *rows])
