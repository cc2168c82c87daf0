"""Pages go over the wire compressed, and their length tells nothing about what they hold.

What a page remembers is compressed once, by itself, and put between the parts that are new: whoever guesses at a
secret from a page's length has less to go by, and most of a page costs nothing.
"""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from foundation.remembering import Piece, pieces_shown

LEVEL = 3  # of 9; higher levels save a few bytes more and cost twice the time
WINDOW, MEMORY = -14, 7  # 16 KiB; a packer with the largest ones costs as much to set up as it does to use
WORTH_IT = 1400  # bytes; less than that fits into one packet as it is
LONGEST_NAME = 100


def gzipped(data: bytes, pieces: Sequence[Piece] = ()) -> bytes:
    """The data as gzip with a file name of random length, so that nobody learns a secret from the page's length.

    Source: RFC 1952; "Heal the Breach" (Palacios and others, 2022), as Django's GZipMiddleware does it.
    """
    name = b"x" * (1 + secrets.randbelow(LONGEST_NAME))
    head = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + name + b"\x00"
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return b"".join([head, *_deflated(data, pieces), tail])


def _deflated(data: bytes, pieces: Sequence[Piece]) -> Iterator[bytes]:
    """RFC 1951: blocks may follow each other from several hands, as long as none refers to another's words."""
    packer, done = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY), 0
    for piece in pieces:
        start = piece.found_in(data, done)
        if start >= 0:
            yield packer.compress(data[done:start])
            yield packer.flush(zlib.Z_FULL_FLUSH)
            yield piece.deflated
            done = start + len(piece.encoded)
    yield packer.compress(data[done:])
    yield packer.flush()


def init_compressing(app: Flask) -> None:
    """Call before everything else that looks at responses: what is registered first sees them last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    response.headers.add("Vary", "Accept-Encoding")
    data = response.get_data()
    if len(data) > WORTH_IT and _is_wanted(response):
        response.set_data(gzipped(data, pieces_shown()))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _is_wanted(response: Response) -> bool:
    plain = response.status_code == 200 and "Content-Encoding" not in response.headers
    return plain and request.method != "HEAD" and takes_gzip(request.headers.get("Accept-Encoding", ""))


@lru_cache(200)
def takes_gzip(accepted: str) -> bool:
    """What browsers say there is the same few lines again and again."""
    return parse_accept_header(accepted, Accept).quality("gzip") > 0
