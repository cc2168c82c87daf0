"""A visitor's page is made once for its facts; what is secret or new is filled in each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, flash
from jinja2 import DictLoader

from foundation.greeting import greet
from tests.house.test_remembered import TEMPLATES, parsed
from tests.makers import School

NONCE = re.compile(r"'nonce-([^']+)'")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FACTS_ALONE = {"community/home.html", "community/programs.html", "community/program.html", "community/spotlight.html"}
OF_THE_READER = {"current_user", "request", "session", "g", "config", "now"}


def test_two_visitors_get_the_same_page_with_tokens_and_nonces_of_their_own(app: Flask, school: School) -> None:
    school.program(title="Foundations")
    one, other = app.test_client().get("/programs"), app.test_client().get("/programs")
    tokens = [TOKEN.findall(page.text) for page in (one, other)]
    nonces = [NONCE.findall(page.headers["Content-Security-Policy"])[0] for page in (one, other)]
    assert tokens[0] and not set(tokens[0]) & set(tokens[1]) and nonces[0] != nonces[1]
    assert [f'nonce="{nonce}"' in page.text for nonce, page in zip(nonces, (one, other), strict=True)] == [True, True]
    bare = [re.sub(r'(nonce|value)="[^"]*"', "", page.text) for page in (one, other)]
    assert bare[0] == bare[1]


def test_the_form_of_a_page_that_was_kept_is_taken(app: Flask, school: School, mailbox: Any) -> None:
    app.test_client().get("/")
    visitor = app.test_client()
    token = TOKEN.search(visitor.get("/").text)
    assert token
    fields = {"name": "Ada", "email": "ada@example.com", "where": "footer", "csrf_token": token[1]}
    assert visitor.post("/guide", data=fields).status_code == 303
    assert app.test_client().post("/guide", data=fields).status_code == 400


def test_another_fact_is_another_page_at_once(app: Flask, school: School) -> None:
    school.program(title="Foundations")
    assert "Foundations" in app.test_client().get("/programs").text
    school.program(title="Practitioner", slug="practitioner")
    assert "Practitioner" in app.test_client().get("/programs").text


@pytest.fixture
def views(app: Flask) -> Iterator[Flask]:
    """The application's templates with one of the test's own beside them."""
    loader, app.jinja_env.loader = app.jinja_env.loader, DictLoader({"page": "<p>{{ csrf_token() }} {{ fact }}</p>"})
    yield app
    app.jinja_env.loader = loader


def kept(app: Flask) -> int:
    return sum(key[0] == "page" for key in app.extensions["greeting"][0])


def test_what_is_no_plain_fact_is_refused(views: Flask) -> None:
    with views.test_request_context("/"), pytest.raises(TypeError, match="plain"):
        greet("page", fact=object())


def test_a_page_with_a_notice_or_a_question_is_not_kept(views: Flask) -> None:
    with views.test_request_context("/"):
        flash("Saved.")
        greet("page", fact="a notice")
    with views.test_request_context("/?q=words"):
        greet("page", fact="a question")
    assert kept(views) == 0


def test_a_page_that_came_by_a_token_elsewhere_is_shown_once_and_not_kept(views: Flask) -> None:
    token = views.jinja_env.globals["csrf_token"]
    with views.test_request_context("/"):
        shown = greet("page", fact=1, worked_out=lambda: {"hidden": token()})
        assert shown == f"<p>{token()} 1</p>"
    assert kept(views) == 0


def reached(name: str) -> set[str]:
    """A template and those that it extends, includes or imports from."""
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += re.findall(r'{%-? (?:extends|include|from|import) "([^"]+)"', (TEMPLATES / one).read_text())
    return found


def test_no_visitors_page_asks_who_reads_it_or_what_time_it_is() -> None:
    from jinja2 import meta

    views = "".join(path.read_text() for path in TEMPLATES.parent.glob("*/*views*.py"))
    assert set(re.findall(r'greet\(\s*"([^"]+)"', views)) == FACTS_ALONE
    for template in sorted(set().union(*map(reached, FACTS_ALONE))):
        assert not meta.find_undeclared_variables(parsed(template)) & OF_THE_READER, template
