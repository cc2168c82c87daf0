"""`SUMMARY.md`, the table of contents of mdBook and GitBook: parts are modules, their chapters lessons."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from courseware.drafts import LeftOut
from courseware.importing.markdown.ordering import Shelf

PART = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
CHAPTER = re.compile(r"^(\s*)(?:([-*+])\s+)?\[((?:[^\[\]\\]|\\.|\[[^\]]*\])+)\]\(([^)]*)\)")
RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$")


@dataclass(slots=True)
class Contents:
    """What SUMMARY.md says: modules in order, the chapter's own titles, what it names and is not there."""

    shelves: list[Shelf] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_summary(paths: Iterable[str]) -> str | None:
    """The table of contents nearest to the root."""
    found = [path for path in paths if posixpath.basename(path) == "SUMMARY.md"]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def read_contents(text: str, folder: str, paths: frozenset[str], course: str) -> Contents:
    """Chapters before the first part go under the course's own name, those after a rule into an appendix."""
    reader = _Reader(folder, paths, course)
    for line in text.splitlines():
        reader.line(line)
    made = reader.made
    made.shelves = [shelf for shelf in made.shelves if shelf.files]
    return made


class _Reader:
    def __init__(self, folder: str, paths: frozenset[str], course: str) -> None:
        self.folder, self.paths, self.course = folder, paths, course
        self.made = Contents()
        self.started = self.parts = False

    def line(self, line: str) -> None:
        if part := PART.match(line):
            title = part.group(1).strip()
            if title.lower() not in {"summary", "table of contents"} or self.started:
                self.parts = True
                self._shelf(title)
        elif RULE.match(line) and self.started:
            self._shelf("Appendix")
        elif chapter := CHAPTER.match(line):
            self._chapter(chapter)

    def _chapter(self, found: re.Match[str]) -> None:
        indent, bullet, title, address = found.groups()
        title = re.sub(r"\\(.)", r"\1", title).strip()
        path = posixpath.normpath(posixpath.join(self.folder, unquote(address.strip().strip("<>").partition("#")[0])))
        if not address.strip():
            self.made.left_out.append(LeftOut(title, "draft", "SUMMARY.md names no file for this chapter yet"))
        elif path not in self.paths:
            self.made.left_out.append(LeftOut(title, "missing", f"SUMMARY.md names {address}, which is not there"))
        elif path in self.made.titles:
            self.made.warnings.append(f"SUMMARY.md names {path} twice; it is one lesson")
        else:
            self._take(path, title, is_top=bool(bullet) and not indent)

    def _take(self, path: str, title: str, *, is_top: bool) -> None:
        self.made.titles[path] = title
        if not self.made.shelves:
            self._shelf(self.course)
        elif is_top and not self.parts and posixpath.basename(path).lower() in {"readme.md", "index.md"}:
            self._shelf(title)
        self.started = True
        self.made.shelves[-1].files.append(path)

    def _shelf(self, title: str) -> None:
        self.made.shelves.append(Shelf(f"SUMMARY.md#{len(self.made.shelves) + 1}", title))
