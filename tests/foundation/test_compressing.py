"""Pages are small on the wire, and whoever can't unpack them gets them plain."""

from __future__ import annotations

import gzip

from flask import Flask, Response
from flask.testing import FlaskClient
from markupsafe import Markup

from foundation.compressing import gzipped
from foundation.remembering import Piece
from tests.makers import School

PACKED = {"Accept-Encoding": "br, gzip"}


def test_what_was_packed_is_unpacked_whole_and_its_length_tells_nothing() -> None:
    page = b"<p>Every hour is accounted for.</p>" * 500
    packed = [gzipped(page) for _ in range(40)]
    assert {gzip.decompress(one) for one in packed} == {page}
    assert len({len(one) for one in packed}) > 5


def test_a_browser_gets_the_front_page_compressed(app: Flask, school: School) -> None:
    answer = FlaskClient(app, Response).get("/programs", headers=PACKED)
    plain = app.test_client().get("/programs")
    assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.data) < len(plain.data) / 2
    assert b"</html>" in gzip.decompress(answer.data)


def test_whoever_refuses_compression_gets_the_page_plain(app: Flask) -> None:
    answer = app.test_client().get("/programs", headers={"Accept-Encoding": "gzip;q=0"})
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers and b"</html>" in answer.data


def test_a_piece_that_is_remembered_is_packed_once_and_put_between_what_is_new() -> None:
    pieces = [Piece(Markup(f"<ul>{word * 300}</ul>")) for word in ("first ", "second ")]
    page = b"<title>new</title>" + b"<p>between</p>".join(piece.encoded for piece in pieces) + b"<p>end</p>"
    for used in (pieces, pieces[::-1], pieces[1:], [], [Piece(Markup("elsewhere" * 99)), *pieces, *pieces]):
        assert gzip.decompress(gzipped(page, used)) == page


def test_every_page_is_unpacked_as_it_was_written(app: Flask, school: School) -> None:
    browser = FlaskClient(app, Response)
    for _made_and_remembered in range(2):
        for address in ("/programs", "/credentials", "/spotlight"):
            packed = gzip.decompress(browser.get(address, headers=PACKED).data)
            assert packed.count(b"<!doctype html>") == packed.count(b"</html>") == 1
            assert len(packed) == len(browser.get(address).data)
