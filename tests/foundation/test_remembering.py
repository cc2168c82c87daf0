"""Pieces of pages that are made once: never stale, never somebody else's."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import g, render_template_string
from markupsafe import Markup

from foundation.remembering import MOST, Remembering

PIECE = "{% remember who, day %}{{ made() }} {{ who }}{% if day %} {{ day|datetime }}{% endif %}{% endremember %}"


@pytest.fixture
def shown(app, context):
    """A piece's text; each making of it has a number."""
    made = iter(range(1000))
    template = app.jinja_env.from_string(PIECE)

    def show(who, day=None):
        return template.render(who=who, day=day, made=lambda: next(made))

    with app.test_request_context():
        yield show


def test_a_piece_is_made_once_for_the_same_values_and_anew_for_others(shown):
    assert [shown("Ana"), shown("Ana"), shown("Bea"), shown(("Ana", 2)), shown("Ana")] == [
        "0 Ana",
        "0 Ana",
        "1 Bea",
        "2 (&#39;Ana&#39;, 2)",
        "0 Ana",
    ]


def test_safe_html_and_the_same_words_typed_by_somebody_are_two_pieces(shown):
    assert shown(Markup("<b>hm</b>")) == "0 <b>hm</b>"
    assert shown("<b>hm</b>") == "1 &lt;b&gt;hm&lt;/b&gt;"


@pytest.mark.parametrize("changing", [[1], {"a": 1}, (1, [2]), object(), (Markup("<b>"),)])
def test_a_piece_is_not_remembered_by_what_can_change(shown, changing):
    with pytest.raises(TypeError):
        shown(changing)


def test_the_oldest_piece_makes_room(app, shown):
    for number in range(MOST + 1):
        shown(f"number {number}")
    kept = app.jinja_env.extensions[Remembering.identifier].pieces
    assert len(kept) == MOST
    assert not [key for key in kept if "number 0" in key[2]]


def test_each_reader_is_led_through_their_own_door(client, school):
    assert "Sign in" in client.get("/").text
    client.sign_in(school.user("Ana Lima"))
    at_home = client.get("/").text
    assert ("Sign in" in at_home, "Your learning" in at_home) == (False, True)


def test_readers_in_two_zones_see_their_own_time(app, shown):
    noon, seen = datetime(2026, 3, 1, 12, tzinfo=UTC), []
    for zone in ("Asia/Tokyo", "Europe/Paris"):
        g._login_user = SimpleNamespace(time_zone=zone)
        seen.append(shown("Ana", noon))
    assert ("9:00" in seen[0], "1:00" in seen[1]) == (True, True)


def test_an_address_is_the_same_however_often_it_is_asked_for(app):
    with app.test_request_context():
        asked = "{{ url_for('site.program', slug=slug, page=page) }} {{ url_for('site.home', _external=true) }}"
        found = [render_template_string(asked, slug=s, page=p) for s, p in [("a b", None), ("a b", 2), ("a b", None)]]
    there = "http://localhost/"
    assert found == [f"/programs/a%20b {there}", f"/programs/a%20b?page=2 {there}", f"/programs/a%20b {there}"]
    with app.test_request_context(base_url="http://localhost/under"):
        assert render_template_string("{{ url_for('site.programs') }}") == "/under/programs"
