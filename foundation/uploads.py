"""Documents that people hand in: looked at by what is in them, never by what they are called, and given out safely."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from flask import Response, send_file
from PIL import Image, UnidentifiedImageError

from foundation.errors import Refused

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 60_000_000
IMAGES = {"PNG": "image/png", "JPEG": "image/jpeg"}
# What makes a PDF act when it is opened; a document that proves something needs none of it.
ACTS = (b"/JavaScript", b"/Launch", b"/EmbeddedFiles")
KINDS = "a PDF, PNG or JPEG"


@dataclass(frozen=True, slots=True)
class Document:
    """A checked document: the name it came with, what it truly is, and its bytes."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def checked_document(name: str, content: bytes, *, field: str) -> Document:
    """A PDF or an image, by its content. Raises Refused for `field` where it is something else or too large."""
    if not content:
        raise Refused("The file is empty.", field=field)
    if len(content) > MOST_BYTES:
        raise Refused("The file is larger than 8 MB.", field=field)
    media_type = _pdf(content, field) or _image(content)
    if media_type is None:
        raise Refused(f"This is not {KINDS}, or it is damaged.", field=field)
    return Document(_plain(name), media_type, content)


def document_response(name: str, media_type: str, content: bytes) -> Response:
    """A download that no browser opens in our place: it is saved, runs nothing, and stays in no cache."""
    response = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def _pdf(content: bytes, field: str) -> str | None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        return None
    if any(act in content for act in ACTS):
        raise Refused("This PDF holds a program or another file. Print it to a plain PDF first.", field=field)
    return "application/pdf"


def _image(content: bytes) -> str | None:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(IMAGES)) as picture:
            kind, (width, height) = picture.format or "", picture.size
            if width * height > MOST_PIXELS:
                return None
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return IMAGES.get(kind)


def _plain(name: str) -> str:
    """The last part of a path of either kind, in printable signs, at most a hundred of them."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    return kept[-100:] or "document"
