"""Reading a course of Markdown files into a draft."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping

from courseware.drafts import CourseDraft, LeftOut, ModuleDraft
from courseware.importing.formats import MARKDOWN, markdown_files
from courseware.importing.markdown.leaving import not_taken
from courseware.importing.markdown.lessons import Report, read_lesson
from courseware.importing.markdown.linking import Links
from courseware.importing.markdown.naming import addresses, course_key
from courseware.importing.markdown.ordering import Shelf, folder_facts, shelves
from courseware.importing.markdown.summary import find_summary, read_contents
from courseware.importing.markdown.texts import NotText, Text, decode, read_text
from courseware.importing.markdown.titles import course_title
from courseware.importing.sources import NotACourse, Source
from foundation.filters import count

LONGEST_LESSON = 1024 * 1024
NOT_LESSONS = {"license.md", "changelog.md", "contributing.md", "code_of_conduct.md", "security.md"}


def read(source: Source) -> CourseDraft:
    """One lesson a file; modules from SUMMARY.md where there is one, else from folders. Raises NotACourse."""
    draft = CourseDraft(key="", title="", format=MARKDOWN, left_out=list(source.refused))
    texts = _texts(source, draft)
    contents = find_summary(texts)
    root = posixpath.dirname(contents) if contents else _root(list(texts))
    inside = {_below(path, root): text for path, text in texts.items() if _is_below(path, root)}
    draft.title, draft.summary = course_title(source, root, inside)
    draft.key = course_key(draft.title)
    if contents:
        _outside(draft, [path for path in texts if not _is_below(path, root)])
        plan, titles = _by_summary(draft, inside)
    else:
        files = {_below(path, root): content for path, content in source.files.items() if _is_below(path, root)}
        plan, titles = shelves(inside, folder_facts(files)), {}
    report = Report(draft, Counter())
    _fill(report, plan, inside, titles)
    draft.left_out.extend(not_taken(source, report.named))
    if not draft.lessons:
        raise NotACourse(f"no lesson in this course: {_why(draft)}")
    return draft


def _texts(source: Source, draft: CourseDraft) -> dict[str, Text]:
    made = {}
    for path in sorted(markdown_files(source)):
        if reason := _unfit(path, source.files[path]):
            draft.left_out.append(LeftOut(path, "lesson", reason))
            continue
        try:
            raw, guessed = decode(source.files[path])
        except NotText:
            draft.left_out.append(LeftOut(path, "lesson", "the file is no text"))
            continue
        made[path] = read_text(raw)
        made[path].warnings.extend([guessed] if guessed else [])
        draft.warnings.extend(f"{path}: {words}" for words in made[path].warnings)
    return made


def _why(draft: CourseDraft) -> str:
    """What became of the files, in one line."""
    named = [f"{left.item}: {left.reason}" for left in draft.left_out if left.kind in {"lesson", "file", "link"}]
    more = f"; and {count(len(named) - 5, 'more file')}" if len(named) > 5 else ""
    return "; ".join(named[:5]) + more if named else "each Markdown file in it is empty"


def _unfit(path: str, content: bytes) -> str:
    if posixpath.basename(path).lower() in NOT_LESSONS:
        return "it is about the project and teaches nothing"
    return "the file holds more than 1 MB of text" if len(content) > LONGEST_LESSON else ""


def _root(paths: list[str]) -> str:
    """The folder in which the lessons begin: down through folders that hold nothing but one other folder."""
    root = ""
    while True:
        below = {path for path in paths if _is_below(path, root)}
        names = {_below(path, root).split("/")[0] for path in below}
        if len(names) != 1 or any("/" not in _below(path, root) for path in below):
            return root
        root = posixpath.join(root, names.pop())


def _is_below(path: str, root: str) -> bool:
    return not root or path.startswith(f"{root}/")


def _below(path: str, root: str) -> str:
    return path[len(root) + 1 :] if root else path


def _by_summary(draft: CourseDraft, inside: dict[str, Text]) -> tuple[list[Shelf], dict[str, str]]:
    text = inside.pop("SUMMARY.md")
    made = read_contents(text.body, "", frozenset(inside), draft.title)
    draft.left_out.extend(made.left_out)
    draft.warnings.extend(made.warnings)
    _outside(draft, [path for path in inside if path not in made.titles])
    return made.shelves, made.titles


def _outside(draft: CourseDraft, paths: list[str]) -> None:
    draft.left_out.extend(LeftOut(path, "lesson", "SUMMARY.md does not name it") for path in paths)


def _fill(report: Report, plan: list[Shelf], texts: Mapping[str, Text], titles: Mapping[str, str]) -> None:
    draft = report.draft
    slugs = addresses([path for shelf in plan for path in shelf.files])
    for shelf in plan:
        lessons = [
            read_lesson(path, texts[path], Links(path, slugs), report, titles.get(path, "")) for path in shelf.files
        ]
        kept = [lesson for lesson in lessons if lesson is not None]
        if kept:
            draft.modules.append(ModuleDraft(shelf.path, shelf.title or draft.title, shelf.summary, kept))
    draft.warnings.extend(
        f"<{name}> is no Markdown: its text is kept in {count(n, 'lesson')}" for name, n in report.components.items()
    )
