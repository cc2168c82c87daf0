"""What stands in double braces is escaped as Jinja does it, with less ado."""

from datetime import date

import pytest
from flask import render_template_string
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from foundation.templating import shown
from payments.models import OrderState


class Said:
    def __html__(self):
        return "<i>said</i>"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a & b < c > \"d\" 'e'",
        Markup("<b>safe</b>"),
        12,
        True,
        None,
        1.5,
        date(2026, 3, 1),
        Said(),
        ["<x>"],
        OrderState.PAID,
    ],
)
def test_a_value_is_shown_as_escaping_it_shows_it(value):
    assert str(shown(value)) == str(escape(value))
    assert type(shown(value)) is str or isinstance(shown(value), Markup)


def test_what_a_person_typed_is_escaped_wherever_it_stands(app):
    page = """
    {% macro box(words) %}<p title="{{ words }}">{{ words }}{{ caller() if caller is defined }}</p>{% endmacro %}
    {% set kept %}{{ typed }}{% endset %}
    {{ box(typed) }}{{ typed ~ safe }}{{ kept }}{% call box(safe) %}{{ typed }}{% endcall %}
    {{ typed|upper }}{{ [typed]|join(safe) }}
    """
    with app.test_request_context():
        html = render_template_string(page, typed="<script>'\"&", safe=Markup("<hr>"))
    assert "<script" not in html.lower()
    assert html.count("&lt;script&gt;&#39;&#34;&amp;") == 6
    assert html.count("<hr>") == 3


def test_a_name_that_is_not_there_is_still_an_error(app):
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ nobody_passed_this }}")


def test_an_icon_is_drawn_by_what_it_is_asked_for(app):
    page = """{% from "components/icon.html" import icon %}
    {{ icon("up") }}{{ icon("up", label=a) }}{{ icon("up", label=b) }}"""
    with app.test_request_context():
        html = render_template_string(page, a=Markup("<b>"), b="<b>")
    assert [html.count("<svg"), html.count('aria-label="<b>"'), html.count('aria-label="&lt;b&gt;"')] == [3, 1, 1]
