"""How a lesson's text is shown."""

from __future__ import annotations

import re

import pytest

from courseware.rendering import film_of, lesson_html


def test_a_link_within_a_lesson_leads_to_its_heading_or_is_plain_words():
    html = lesson_html("[go](#what-it-is) [lost](#nowhere)\n\n## What it is\n\n## What it is")
    assert '<a href="#h-what-it-is">go</a> lost' in html
    assert 'id="h-what-it-is-1"' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "<h2 id='\"><script>'>x</h2>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>1</script>'></iframe>",
        '## "><img src=x onerror=alert(1)>',
        '[x](#"onmouseover=alert(1))',
    ],
)
def test_nothing_in_a_lesson_can_run(hostile):
    html = str(lesson_html(hostile))
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.search(r"<script|<svg|<iframe|\son\w+\s*=|javascript:", tag, re.I)]


def test_only_films_that_are_there_are_offered(tmp_path):
    (tmp_path / "video").mkdir()
    (tmp_path / "video" / "a.webm").touch()
    assert film_of({"video": "a.webm", "poster": "none.svg"}, tmp_path) == {"video": "video/a.webm"}
