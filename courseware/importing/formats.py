"""What kind of course this is, told by what the files say and never by what they are called."""

from __future__ import annotations

import gzip
import io
import re
import tarfile

from courseware.importing.sources import LARGEST_FILE, Source

MARKDOWN = "markdown"
HEAD = 65_536
MARKDOWN_NAMES = (".md", ".mdx", ".markdown", ".mdown", ".mkd")
TELLING = (
    ("moodle_xml", re.compile(rb"<quiz[\s>].*<question\s+type=", re.S)),
    ("mbz", re.compile(rb"<moodle_backup[\s>]")),
    ("qti", re.compile(rb"<(?:\w+:)?(?:assessmentItem|assessmentTest|questestinterop)[\s>]", re.I)),
    ("olx", re.compile(rb"<(?:course|library)\s[^>]*(?:url_name|org|course)=")),
    ("gift", re.compile(rb"^(?:::|\$CATEGORY:).*|^[^\n{]*\{\s*(?:[=~#]|TRUE|FALSE|T\b|F\b)[^}]*\}", re.M)),
    ("aiken", re.compile(rb"^ANSWER:\s*[A-Z]\s*$", re.M)),
)


def format_of(source: Source) -> str | None:
    """The format's name in the report's words, or None where it is nothing we know."""
    manifests = [c for path, c in source.files.items() if path.rsplit("/", 1)[-1].lower() == "imsmanifest.xml"]
    if manifests:
        return _manifest(manifests[0])
    packed = [kind for content in source.files.values() if (kind := _packed(content))]
    if packed:
        return packed[0]
    if olx := next((c for path, c in source.files.items() if path.rsplit("/", 1)[-1] == "course.xml"), None):
        return "olx" if b"<course" in olx[:HEAD] else "mbz"
    if markdown_files(source):
        return MARKDOWN
    return next((kind for kind, telling in TELLING if _any_file(source, telling)), None)


def markdown_files(source: Source) -> list[str]:
    return [path for path in source.files if path.lower().endswith(MARKDOWN_NAMES)]


def _manifest(content: bytes) -> str:
    head = content[:HEAD].lower()
    if b"adlcp" in head or b"adl scorm" in head:
        return "scorm"
    if b"imsqti" in head and b"imscc" not in head:
        return "qti"
    return "common_cartridge" if b"imscc" in head or b"common cartridge" in head else "scorm"


def _any_file(source: Source, telling: re.Pattern[bytes]) -> bool:
    return any(telling.search(content[:HEAD]) for content in source.files.values())


def _packed(content: bytes) -> str | None:
    """A tar of a Moodle backup or of an Open edX course."""
    if not content.startswith(b"\x1f\x8b"):
        return None
    try:
        with gzip.open(io.BytesIO(content)) as opened, tarfile.open(fileobj=opened, mode="r|") as archive:
            for number, member in enumerate(archive):
                name = member.name.rsplit("/", 1)[-1]
                if name == "moodle_backup.xml":
                    return "mbz"
                if name in {"course.xml", "library.xml"}:
                    return "olx"
                if number > 200 or member.size > LARGEST_FILE:
                    return None
    except (OSError, EOFError, tarfile.TarError):
        return None
    return None
