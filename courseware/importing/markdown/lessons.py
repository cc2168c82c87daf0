"""One Markdown file as a lesson: front matter obeyed, foreign parts taken out and named, minutes counted."""

from __future__ import annotations

import math
import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from courseware.drafts import ChoiceDraft, CourseDraft, LeftOut, LessonDraft, QuestionDraft
from courseware.importing.markdown.cleaning import Cleaned, clean
from courseware.importing.markdown.linking import Links
from courseware.importing.markdown.naming import humanised, stem
from courseware.importing.markdown.texts import Text
from courseware.importing.markdown.titles import first_heading, without_heading
from courseware.models import LessonKind, QuestionKind
from foundation.filters import count

WORDS_A_MINUTE = 200
MOST_QUESTIONS = 300
MOST_MINUTES = 60_000
MEDIA = ("video", "captions", "poster")
FACTS = ("time_plan", "competency", "sessions", "session_minutes")
FILE_NAME = re.compile(r"[\w-]+\.(?:webm|mp4|vtt|svg|png|jpg|webp)")
TRANSCRIPT = re.compile(r"^## +Transcript[ \t]*\n(.*?)(?=^## |\Z)", re.M | re.S | re.I)


@dataclass(slots=True)
class Report:
    """Where what was met on the way is named. `components`: foreign tags with the number of lessons that had them."""

    draft: CourseDraft
    components: Counter[str]
    named: set[str] = field(default_factory=set)
    """Names of files that a lesson shows or offers: what becomes of them is said there."""

    def warn(self, path: str, words: str) -> None:
        self.draft.warnings.append(f"{path}: {words}")

    def leave_out(self, item: str, kind: str, reason: str) -> None:
        self.draft.left_out.append(LeftOut(item, kind, reason))


def read_lesson(path: str, text: Text, links: Links, report: Report, title: str = "") -> LessonDraft | None:
    """The lesson, or None where nothing is left to read. What was met on the way goes into `report`."""
    cleaned = clean(text.body)
    heading = first_heading(cleaned.text)
    body = without_heading(cleaned.text).strip() if heading else cleaned.text.strip()
    body = links.rewrite(body)
    questions = _questions(path, text, report)
    _report(path, cleaned, links, report)
    if text.facts.get("draft") is True:
        report.warn(path, "its front matter calls it a draft")
    kind = _kind(text, questions)
    if kind == LessonKind.READING and not re.search(r"\w", re.sub(r"<[^<>]+>", "", body)):
        report.leave_out(path, "lesson", "it has a heading and no text" if heading else "the file is empty")
        return None
    lesson = LessonDraft(
        path=path,
        slug=links.slugs[path],
        title=text.word("title") or title or heading or humanised(stem(path)),
        kind=kind,
        summary=text.word("summary", "description"),
        body_md=body,
        media=_media(text),
        questions=questions,
    )
    _timing(lesson, text, report)
    _transcript(lesson)
    return lesson


def _kind(text: Text, questions: list[QuestionDraft]) -> LessonKind:
    if questions:
        return LessonKind.QUIZ
    said = text.word("kind")
    if said == LessonKind.LIVE_CLASS or (said == LessonKind.VIDEO and _media(text).get("video")):
        return LessonKind(said)
    return LessonKind.READING


def _timing(lesson: LessonDraft, text: Text, report: Report) -> None:
    """Minutes as the front matter says, else from the words: 200 a minute, at least one. Core only where it is said."""
    said = text.number("minutes")
    words = len(re.findall(r"\w+(?:['’.-]\w+)*", lesson.body_md))
    counted = max(1, math.ceil(words / WORDS_A_MINUTE))
    lesson.minutes = int(said) if said is not None and 0 <= said <= MOST_MINUTES else counted
    core = text.number("core_minutes")
    lesson.core_minutes = min(int(core), lesson.minutes) if core is not None and core > 0 else 0
    lesson.synchronous = text.facts.get("synchronous") is True and lesson.kind == LessonKind.LIVE_CLASS
    percent = text.number("pass_percent")
    lesson.pass_percent = int(percent) if percent is not None and 1 <= percent <= 100 else 75
    _name_odd_numbers(lesson, text, report)
    if seconds := text.number("video_seconds"):
        lesson.media["seconds"] = int(seconds)
    kept = {
        name: text.facts[name]
        for name in ("time_plan", "competency", "sessions", "session_minutes")
        if name in text.facts
    }
    lesson.facts = {name: value for name, value in kept.items() if isinstance(value, (str, int, list))}


def _name_odd_numbers(lesson: LessonDraft, text: Text, report: Report) -> None:
    """A number that was meant and could not be taken is named with what stands in its place."""
    for name, most, instead in (
        ("minutes", MOST_MINUTES, f"counted from the words: {count(lesson.minutes, 'minute')}"),
        ("core_minutes", MOST_MINUTES, "no minute is core"),
        ("pass_percent", 100, "75 percent are asked for"),
    ):
        said = text.facts.get(name)
        number = text.number(name)
        if said is not None and (number is None or not 0 <= number <= most):
            report.warn(lesson.path, f"{name} “{str(said)[:40]}” is no number that can be taken; {instead}")


def _media(text: Text) -> dict[str, Any]:
    """Files that lie under `static/video/`, by plain names only."""
    said = {name: text.word(name) for name in MEDIA}
    return {name: value for name, value in said.items() if FILE_NAME.fullmatch(value)}


def _transcript(lesson: LessonDraft) -> None:
    if lesson.kind == LessonKind.VIDEO and (found := TRANSCRIPT.search(lesson.body_md)):
        lesson.transcript_md = found.group(1).strip()
        lesson.body_md = (lesson.body_md[: found.start()] + lesson.body_md[found.end() :]).strip()


def _questions(path: str, text: Text, report: Report) -> list[QuestionDraft]:
    said = text.facts.get("questions")
    if not isinstance(said, list):
        return []
    made = []
    for number, item in enumerate(said[:MOST_QUESTIONS], 1):
        question = _question(item) if isinstance(item, Mapping) else None
        if question is None:
            report.leave_out(f"{path}, question {number}", "question", "it has no text or no right answer")
        else:
            made.append(question)
    return made


def _question(item: Mapping[str, Any]) -> QuestionDraft | None:
    words = str(item.get("text") or "").strip()
    offered = item.get("choices")
    choices = [
        ChoiceDraft(" ".join(str(c.get("text") or "").split()), c.get("correct") is True)
        for c in (offered if isinstance(offered, list) else [])
        if isinstance(c, Mapping) and str(c.get("text") or "").strip()
    ]
    right = sum(choice.is_correct for choice in choices)
    if not words or right == 0 or len(choices) < 2:
        return None
    kind = QuestionKind.MULTIPLE if item.get("kind") == "multiple" or right > 1 else QuestionKind.SINGLE
    return QuestionDraft(words, kind, choices, str(item.get("explanation") or "").strip())


def _report(path: str, cleaned: Cleaned, links: Links, report: Report) -> None:
    """Name what could not come along: nothing is dropped in silence."""
    report.components.update(cleaned.components.keys())
    for kind, address in cleaned.embedded:
        reason = "it stays where it is, as a link; nothing is fetched" if address else "it names no address"
        report.leave_out(f"{path}: {address}" if address else path, kind, reason)
    report.named.update(posixpath.basename(unquote(a).partition("?")[0]) for a in links.pictures + links.downloads)
    for address in links.pictures:
        remote = address.startswith(("http:", "https:", "//"))
        reason = "it stays where it is, as a link; nothing is fetched" if remote else "pictures are not taken along yet"
        report.leave_out(f"{path}: {address[:300]}", "image", reason)
    for address in links.downloads:
        remote = address.startswith(("http:", "https:", "//"))
        reason = "it stays where it is, as a link; nothing is fetched" if remote else "files are not taken along yet"
        report.leave_out(f"{path}: {address[:300]}", "download", reason)
    for tag, often in sorted(cleaned.active.items()):
        report.leave_out(f"{path}: <{tag}>", "html", f"it could run or draw over the page ({count(often, 'time')})")
    if links.missing:
        listed = ", ".join(address[:80] for address in links.missing[:5])
        report.draft.warnings.append(f"{path}: {count(len(links.missing), 'link')} to nothing in this course: {listed}")
    if cleaned.directives:
        report.draft.warnings.append(f"{path}: {count(cleaned.directives, 'directive')} ({{{{...}}}}) left as text")
    if cleaned.tags:
        names = ", ".join(sorted(cleaned.tags)[:8])
        report.warn(path, f"tags of another program are taken out, their text is kept: {names}")
