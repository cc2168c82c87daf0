"""Pages are small on the wire, and whoever can't unpack them gets them plain."""

from __future__ import annotations

import gzip

from flask import Flask, Response
from flask.testing import FlaskClient

from foundation.compressing import gzipped
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
