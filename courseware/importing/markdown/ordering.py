"""Which lessons make which module, and in what order: as the course says, else index first and numbers in order."""

from __future__ import annotations

import math
import posixpath
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from courseware.importing.markdown import facts
from courseware.importing.markdown.naming import humanised, is_index, natural, stem
from courseware.importing.markdown.texts import NotText, Text, decode

POSITIONS = ("position", "sidebar_position", "nav_order", "order", "weight")
CATEGORY_FILES = ("_category_.json", "_category_.yml", "_category_.yaml", "module.yaml", "module.yml")


@dataclass(slots=True)
class Shelf:
    """A module to be: its folder, its name, its files in order."""

    path: str
    title: str
    summary: str = ""
    files: list[str] = field(default_factory=list)


def shelves(texts: Mapping[str, Text], folders: Mapping[str, Text]) -> list[Shelf]:
    """Every folder with lessons is a module, deeper ones after the folder they lie in.

    A folder beside a file of the same name (`anchoring.md`, `anchoring/`) is no module: its lessons follow that file.
    `texts`: the files; `folders`: what category files say of their folder, by its path.
    """
    tree = _Tree(texts, folders)
    made = tree.walk("")
    _tell_apart(made)
    return made


def folder_facts(files: Mapping[str, bytes]) -> dict[str, Text]:
    """What Docusaurus' `_category_` files and our own `module.yaml` say of a folder."""
    found = {}
    for path, content in files.items():
        if posixpath.basename(path) in CATEGORY_FILES:
            try:
                raw, _ = decode(content[:65_536])
                said = facts.from_json(raw) if path.endswith(".json") else facts.from_settings(raw)
            except (NotText, *facts.BROKEN):
                continue
            if isinstance(said, dict):
                found[posixpath.dirname(path)] = Text("", {str(k): v for k, v in said.items()})
    return found


class _Tree:
    def __init__(self, texts: Mapping[str, Text], folders: Mapping[str, Text]) -> None:
        self.texts, self.facts = texts, folders
        self.inside: dict[str, list[str]] = defaultdict(list)
        self.below: dict[str, set[str]] = defaultdict(set)
        for path in texts:
            folder = posixpath.dirname(path)
            self.inside[folder].append(path)
            while folder:
                self.below[posixpath.dirname(folder)].add(folder)
                folder = posixpath.dirname(folder)

    def walk(self, folder: str) -> list[Shelf]:
        files = sorted(self.inside[folder], key=self._file_key)
        companions = {posixpath.join(folder, stem(f)): f for f in files if not is_index(f)}
        own: list[str] = []
        for path in files:
            own.append(path)
            beside = posixpath.join(folder, stem(path))
            if beside in self.below[folder] and companions.get(beside) == path:
                own.extend(self._all(beside))
        deeper = sorted(self.below[folder] - set(companions), key=self._folder_key)
        first = [self._shelf(folder, own)] if own else []
        return first + [shelf for child in deeper for shelf in self.walk(child)]

    def _all(self, folder: str) -> list[str]:
        return [path for shelf in self.walk(folder) for path in shelf.files]

    def _shelf(self, folder: str, files: list[str]) -> Shelf:
        said = self.facts.get(folder, Text(""))
        index = next((self.texts[f] for f in files if is_index(f) and posixpath.dirname(f) == folder), Text(""))
        title = said.word("label", "title") or index.word("title") or humanised(posixpath.basename(folder))
        return Shelf(folder, title, said.word("summary", "description") or index.word("description"), files)

    def _file_key(self, path: str) -> tuple[bool, float, list[tuple[int, int, str]]]:
        position = self.texts[path].number(*POSITIONS)
        return not is_index(path), math.inf if position is None else position, natural(stem(path))

    def _folder_key(self, folder: str) -> tuple[float, list[tuple[int, int, str]]]:
        position = self.facts.get(folder, Text("")).number(*POSITIONS)
        index = next((self.texts[f] for f in self.inside[folder] if is_index(f)), Text(""))
        if position is None:
            position = index.number(*POSITIONS)
        return math.inf if position is None else position, natural(posixpath.basename(folder))


def _tell_apart(made: list[Shelf]) -> None:
    """Two modules of one name carry the name of the folder above them."""
    names = [shelf.title for shelf in made]
    for shelf in made:
        above = posixpath.basename(posixpath.dirname(shelf.path))
        if names.count(shelf.title) > 1 and above:
            shelf.title = f"{humanised(above)}: {shelf.title}"
