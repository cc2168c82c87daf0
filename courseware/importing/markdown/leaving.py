"""What lies beside the lessons and is none: named to whoever imports, one by one or, where there are many, by kind."""

from __future__ import annotations

import posixpath
from collections import defaultdict

from courseware.drafts import LeftOut
from courseware.importing.formats import markdown_files
from courseware.importing.markdown.ordering import CATEGORY_FILES
from courseware.importing.markdown.titles import SITE_FILES
from courseware.importing.sources import Source
from foundation.filters import count

ONE_BY_ONE = 5
REASON = "it is no Markdown, and no lesson shows it"


def not_taken(source: Source, named: set[str]) -> list[LeftOut]:
    """The files that nothing was made of. `named`: names of those of which a lesson has said so already."""
    read = {*markdown_files(source)}
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in sorted(set(source.files) - read):
        name = posixpath.basename(path)
        if name not in {*CATEGORY_FILES, *SITE_FILES} and name not in named:
            kinds[posixpath.splitext(name)[1].lower()].append(path)
    return [left for ending, paths in kinds.items() for left in _one_kind(ending, paths)]


def _one_kind(ending: str, paths: list[str]) -> list[LeftOut]:
    if len(paths) <= ONE_BY_ONE:
        return [LeftOut(path, "file", REASON) for path in paths]
    which = f"*{ending}" if ending else "names without an ending"
    return [LeftOut(f"{which} ({count(len(paths), 'file')})", "file", "they are no Markdown, and no lesson shows them")]
