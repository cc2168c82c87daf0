"""Links and pictures of a course: between lessons they lead on, everything else stays where it is and is named."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from courseware.importing.markdown import outside_code

INLINE = re.compile(
    r"(!?)\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\]){0,1000})\]"
    r"\(\s*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)([^()\n]*)\)"
)
REFERENCE = re.compile(r"^( {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)(<[^<>\n]*>|\S+)", re.M)
ANCHOR = re.compile(r"(<a\b[^<>]{0,500}?\bhref\s*=\s*)([\"'])([^\"']*)\2", re.I)
PICTURE = re.compile(r"<img\b([^<>]*)>", re.I)
ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I)
WIKI = re.compile(r"(!?)\[\[([^\[\]|#\n]{1,200})(#[^\[\]|\n]{0,200})?(?:\\?\|([^\[\]\n]{0,200}))?\]\]")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
ENDINGS = ("", ".md", ".mdx", ".markdown", "/index.md", "/index.mdx", "/README.md", "/readme.md")
DOWNLOADS = (*(".pdf", ".doc", ".docx", ".ppt", ".pptx", ".xls", ".xlsx", ".zip", ".mp3", ".mp4"), ".epub", ".key")


@dataclass(slots=True)
class Links:
    """Rewrites the links of one file. `slugs`: the address of each lesson by its path."""

    path: str
    slugs: Mapping[str, str]
    pictures: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def rewrite(self, text: str) -> str:
        return outside_code.change(text, self._rewrite)

    def _rewrite(self, piece: str) -> str:
        piece = PICTURE.sub(self._html_picture, WIKI.sub(self._wiki, piece))
        piece = ANCHOR.sub(self._anchor, piece)
        piece = INLINE.sub(self._inline, piece)
        return REFERENCE.sub(self._reference, piece)

    def _reference(self, found: re.Match[str]) -> str:
        target = self._target(found.group(2).strip("<>"))
        return found.group(1) + target if target else ""

    def _wiki(self, found: re.Match[str]) -> str:
        """`[[Active listening|listen]]`, as Obsidian writes it: by the name of the file, wherever that lies."""
        name, words = found.group(2).strip(), (found.group(4) or "").strip()
        if name.lower().endswith(PICTURES):
            return self._picture(name, words)
        lesson = self._with_ending(name) or next((p for p in self.slugs if _name(p) == name.lower()), None)
        if lesson is None:
            self.missing.append(name)
            return words or name
        return f"[{words or name}](</{quote(lesson)}>)"

    def _inline(self, found: re.Match[str]) -> str:
        is_picture, words, address, rest = found.groups()
        address = address.strip("<>")
        words = INLINE.sub(self._inline, words) if "](" in words else words
        if is_picture:
            return self._picture(address, words)
        target = self._target(address)
        return f"[{words}]({target}{rest.rstrip()})" if target else words

    def _anchor(self, found: re.Match[str]) -> str:
        target = self._target(found.group(3))
        if not target:
            return re.sub(r"href\s*=\s*$", "", found.group(1), flags=re.I)
        return f"{found.group(1)}{found.group(2)}{target}{found.group(2)}"

    def _html_picture(self, found: re.Match[str]) -> str:
        values = {m.group(1).lower(): next((g for g in m.groups()[1:] if g), "") for m in _attributes(found.group(1))}
        return self._picture(values.get("src", ""), values.get("alt", ""))

    def _picture(self, address: str, words: str) -> str:
        """A picture of another site becomes a link: a page of ours loads nothing from elsewhere."""
        self.pictures.append(address)
        words = words.strip() or "a picture"
        is_remote = urlsplit_or_none(address) in {"http", "https"}
        return f"[Picture: {words}]({address})" if is_remote else f"*(Picture: {words})*"

    def _target(self, address: str) -> str:
        """Where a link leads now; nothing where it leads nowhere."""
        scheme = urlsplit_or_none(address)
        if scheme is None:
            self.missing.append(address)
            return ""
        if scheme or address.startswith("//"):
            self._note_download(address)
            return address if scheme in {"http", "https", "mailto", "tel"} else ""
        if not address or address.startswith("#"):
            return address
        return self._within(address)

    def _note_download(self, address: str) -> None:
        if urlsplit(address).path.lower().endswith(DOWNLOADS):
            self.downloads.append(address)

    def _within(self, address: str) -> str:
        path, _, anchor = unquote(address).partition("#")
        path = path.partition("?")[0]
        found = self._find(path)
        if found:
            return self.slugs[found] + (f"#{anchor}" if re.fullmatch(r"[\w-]+", anchor) else "")
        if path.lower().endswith(DOWNLOADS):
            self.downloads.append(address)
        else:
            self.missing.append(address)
        return ""

    def _find(self, path: str) -> str | None:
        """The lesson that a path means: from this file, or from the course's root however deep that was published."""
        bare = re.sub(r"(?:^|/)index$", "", re.sub(r"\.html?$", "", path)).rstrip("/")
        if not path.startswith("/"):
            here = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), bare))
            beside = posixpath.normpath(posixpath.join(posixpath.splitext(self.path)[0], bare))
            return self._with_ending(here) or self._with_ending(beside) or self._first_in(here)
        parts = bare.strip("/").split("/")
        tries = (self._with_ending("/".join(parts[n:])) for n in range(len(parts)))
        return next((found for found in tries if found), None)

    def _with_ending(self, path: str) -> str | None:
        return next((path + ending for ending in ENDINGS if path + ending in self.slugs), None)

    def _first_in(self, folder: str) -> str | None:
        """A link to a folder without an index leads to its first lesson."""
        return next((path for path in self.slugs if path.startswith(f"{folder}/")), None)


def _name(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0].lower()


def _attributes(text: str) -> list[re.Match[str]]:
    return list(ATTRIBUTE.finditer(text))


def urlsplit_or_none(address: str) -> str | None:
    """The scheme of an address in small letters, None where it is no address at all."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return None
