"""Where a course lies: a folder, a zip or one file, read as data. Nothing is unpacked to disk, nothing is followed."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from courseware.drafts import LeftOut

MOST_FILES = 20_000
LARGEST_FILE = 4 * 1024 * 1024
LARGEST_TOTAL = 200 * 1024 * 1024
MOST_EXPANSION = 200
HIDDEN = {"__MACOSX", "node_modules"}


class NotACourse(Exception):
    """PATH holds no course that can be read; the message says so in one line."""


@dataclass(slots=True)
class Source:
    """Files by their path within the course (`a/b.md`), and what was refused on the way."""

    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    refused: list[LeftOut] = field(default_factory=list)
    total: int = 0

    def refuse(self, item: str, kind: str, reason: str) -> None:
        self.refused.append(LeftOut(item, kind, reason))

    def add(self, path: str, content: bytes) -> None:
        self.files[path] = content
        self.total += len(content)
        if self.total > LARGEST_TOTAL or len(self.files) > MOST_FILES:
            raise NotACourse("the course is too large: more than 200 MB or 20,000 files")


def open_source(path: Path) -> Source:
    """Read a folder, a zip (told by its content) or a single file. Raises NotACourse."""
    try:
        if path.is_dir():
            return _folder(path)
        if not path.is_file():
            raise NotACourse(f"{path}: there is no such file or folder")
        return _zip(path) if _is_zip(path) else _single(path)
    except OSError as error:
        raise NotACourse(f"{path}: can't be read ({error.strerror or error})") from None


def _is_zip(path: Path) -> bool:
    """Also one that is cut off: it begins as a zip does, and is told apart from no course at all."""
    with path.open("rb") as opened:
        return opened.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(path)


def _single(path: Path) -> Source:
    if path.stat().st_size > LARGEST_TOTAL:
        raise NotACourse(f"{path}: the file is too large")
    source = Source(name=path.stem)
    source.add(path.name, path.read_bytes())
    return source


def _folder(root: Path) -> Source:
    source = Source(name=root.resolve().name)
    waiting = [root]
    while waiting:
        for entry in sorted(waiting.pop().iterdir()):
            inside = _written(entry.relative_to(root).as_posix())
            if entry.name.startswith(".") or entry.name in HIDDEN:
                continue
            if entry.is_symlink():
                source.refuse(inside, "link", "a symbolic link is not followed")
            elif entry.is_dir():
                waiting.append(entry)
            elif entry.is_file():
                _take_file(source, entry, inside)
    return source


def _written(name: str) -> str:
    """A name that is not UTF-8, as one that can be written down."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _take_file(source: Source, entry: Path, inside: str) -> None:
    if entry.stat().st_size > LARGEST_FILE:
        source.refuse(inside, "file", "the file is larger than 4 MB")
        return
    try:
        source.add(inside, entry.read_bytes())
    except OSError as error:
        source.refuse(inside, "file", f"can't be read ({error.strerror})")


def _zip(path: Path) -> Source:
    source = Source(name=path.stem)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise NotACourse(f"{path}: the archive holds more than {MOST_FILES:,} files")
            for entry in entries:
                if entry.filename and not entry.filename.endswith(("/", "\\")):
                    _take_entry(source, archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, struct.error) as error:
        raise NotACourse(f"{path}: the archive is damaged ({error})") from None
    return source


def _take_entry(source: Source, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    name = _within(entry.filename)
    parts = PurePosixPath(name).parts
    if any((part.startswith(".") and part not in {".", ".."}) or part in HIDDEN for part in parts):
        return
    if fault := _fault(entry, name):
        source.refuse(name, "file", fault)
        return
    try:
        with archive.open(entry) as opened:
            content = opened.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, zlib.error, struct.error, OSError):
        source.refuse(name, "file", "the archive is damaged here, or locked by a password")
        return
    if len(content) > LARGEST_FILE:
        source.refuse(name, "file", "the file is larger than 4 MB")
    elif name in source.files:
        source.refuse(name, "file", "the archive holds a second file of this name")
    else:
        source.add(name, content)


def _within(name: str) -> str:
    """The path, also where the archive was made on Windows by a program that writes `week 1\\intro.md`."""
    return name.replace("\\", "/")


def _fault(entry: zipfile.ZipInfo, name: str) -> str:
    if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
        return "its name points outside the course"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a symbolic link is not followed"
    if entry.file_size > LARGEST_FILE:
        return "the file is larger than 4 MB"
    if entry.file_size > 1_000_000 and entry.file_size > MOST_EXPANSION * max(entry.compress_size, 1):
        return "it would unpack to more than 200 times its size"
    return ""
