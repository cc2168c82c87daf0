"""An owner adds a version of the rules from the staff pages, sees what it changes, and takes it back."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from credentials.evaluating import evaluate
from credentials.models import DRAFT_MOVES, DraftState, RuleDraft, RuleVersion
from credentials.rules import Document, rule_book
from credentials.ruling import drafting, living, publishing
from credentials.ruling.comparing import differences
from foundation.audit import AuditLine
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.profiles import level
from tests.credentials.ruling.conftest import LEVEL, begun, fields_of, published, with_coaching


def test_an_owner_publishes_new_figures_from_a_day_on_and_every_page_reads_them(client, school, owner):
    client.sign_in(owner)
    told = {"what": "ACC asks for 120 hours.", "address": "https://icf.example.com/2030", "read_on": "May 2029"}
    page = client.get(published(client, **told)).text
    assert "Coaching experience: at least 120 hours; before, at least 100 hours." in page
    assert "https://icf.example.com/2030" in page
    trainee = school.user("Tomás Ferreira")
    hours = client.sign_in(trainee).get("/hours?credential=ACC&path=level&on=2030-01-01").text
    assert "of 120 h" in hours
    assert "ACC asks for 120 hours." in hours
    assert "of 100 h" in client.get("/hours?credential=ACC&path=level&on=2029-12-31").text
    assert "ACC asks for 120 hours." in client.get("/credentials").text


def test_the_version_before_ends_the_day_before(client, owner):
    page = client.sign_in(owner).get(published(client)).text
    assert (
        "In force from November 3, 2025, to December 31, 2029; before, from November 3, 2025, without an end." in page
    )
    assert "to December 31, 2029" in client.get("/staff/rules").text


def test_taking_it_back_makes_the_rules_as_they_were_and_keeps_both_rows(client, app, owner):
    address = published(client.sign_in(owner))
    refused = client.submit(f"{address}/withdraw", {"reason": ""}, on=address)
    assert "Say why this version is taken back." in refused.text
    client.submit(f"{address}/withdraw", {"reason": "ICF has put it off."}, on=address)
    page = client.get(address).text
    assert "ICF has put it off." in page and "Take it back" not in page
    with app.app_context():
        assert living.live_book().digest == rule_book().digest
        assert db.session.scalars(select(RuleVersion)).unique().one().withdrawal.reason == "ICF has put it off."
        verbs = set(db.session.scalars(select(AuditLine.verb)))
    assert {"rules.draft_begun", "rules.draft_changed", "rules.published", "rules.withdrawn"} <= verbs


@pytest.mark.parametrize("table", ["rule_version", "rule_withdrawal"])
def test_what_was_published_or_taken_back_is_never_edited(client, app, owner, table):
    address = published(client.sign_in(owner))
    client.submit(f"{address}/withdraw", {"reason": "Too early."}, on=address)
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(f"DELETE FROM {table}"))


def test_another_process_sees_a_new_version_at_once(client, app, owner):
    client.sign_in(owner)
    with app.app_context():
        before = living.live_book().digest
    published(client)
    with app.app_context():
        assert living.live_book().digest != before
        assert living.origin(living.live_book(), "acc-level-2030") == 1


def test_a_day_that_icf_moves_takes_the_rules_before_it_along(client, app, owner):
    client.sign_in(owner)
    address = begun(client, "acc-portfolio-2027", first_day="")
    moved = client.post(address, data=fields_of(client, address) | {"first_day": "2027-07-01"})
    assert moved.status_code == 303
    page = client.get(f"{address}/review").text
    assert "In force from July 1, 2027, without an end; before, from April 1, 2027, without an end." in page
    assert "to June 30, 2027; before, from November 3, 2025, to March 31, 2027." in page
    client.submit(f"{address}/review", {"why": "ICF put it off."}, on=f"{address}/review")
    with app.app_context():
        book = living.live_book()
        assert book.rule_set_for("ACC", "portfolio", date(2027, 6, 30)).id == "acc-portfolio-2025"
        assert book.rule_set_for("ACC", "portfolio", date(2027, 7, 1)).id == "acc-portfolio-2027"


def test_a_version_that_another_stands_on_is_not_taken_back_first(client, app, owner):
    client.sign_in(owner)
    first = published(client)
    address = begun(client, LEVEL, first_day="")
    with_coaching(client, address, 101)
    second = client.submit(f"{address}/review", {"why": "A misprint."}, on=f"{address}/review").location
    refused = client.submit(f"{first}/withdraw", {"reason": "Wrong."}, on=first).text
    assert "Another version stands on this one; take that one back first." in refused
    client.submit(f"{second}/withdraw", {"reason": "Wrong."}, on=second)
    assert client.submit(f"{first}/withdraw", {"reason": "Wrong."}, on=first).status_code == 303
    with app.app_context():
        assert living.live_book().digest == rule_book().digest


def test_a_version_that_a_new_release_contradicts_is_left_out_and_says_so(client, app, school, owner):
    client.sign_in(owner)
    published(client)
    odd = {"rule_sets": [dict(rule_book().raws[LEVEL]) | {"effective_from": "2025-06-01"}]}
    with app.app_context():
        db.session.add(
            RuleVersion(
                number=2,
                about="ACC",
                text=json.dumps(odd),
                digest=Document.of("x", odd).digest,
                why="Made for an older release",
                differences=[],
                published_by_id=owner.id,
                published_at=school.now(),
            )
        )
        db.session.commit()
    page = client.get("/staff/rules").text
    assert "Version 2 does not fit the rules of this release and is left out" in page
    assert "acc-level-2030" in page
    assert (
        client.submit("/staff/rules/versions/2/withdraw", {"reason": "Old."}, on="/staff/rules/versions/2").status_code
        == 303
    )


def test_a_draft_that_changes_nothing_is_not_published(context, school, owner):
    actor = db.session.merge(owner)
    draft = drafting.begin(LEVEL, actor, school.now(), first_day=None)
    with pytest.raises(Refused, match="say nothing else"):
        publishing.publish(draft, actor, school.now(), why="No reason")


def test_a_draft_can_be_discarded_and_is_gone_for_its_pages(client, app, owner):
    address = begun(client.sign_in(owner))
    client.submit(f"{address}/discard", on=address)
    assert client.get(address).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(RuleDraft.state)).one() == DraftState.DISCARDED


@pytest.mark.parametrize("old", list(DraftState))
@pytest.mark.parametrize("new", list(DraftState))
def test_a_draft_ends_once(old, new):
    assert DRAFT_MOVES.allows(old, new) == (old == new or old == DraftState.OPEN)


def test_a_registrar_reads_the_rules_and_writes_none(client, school, owner):
    address = begun(client.sign_in(owner))
    client.sign_in(school.user("Rosa Whitlock", "registrar"))
    page = client.get(f"/staff/rules/sets/{LEVEL}").text
    assert "Begin a new version" not in page
    assert client.get(address).status_code == 403
    assert client.get("/staff/rules/figures.csv").text.count("\n") > 300


def test_a_trainee_does_not_enter(client, school):
    assert client.sign_in(school.user()).get("/staff/rules").status_code == 403


@pytest.mark.parametrize("url", ["/staff/rules", f"/staff/rules/sets/{LEVEL}", "/staff/rules/versions/1"])
def test_each_page_asks_the_database_at_most_eight_things(client, queries, owner, url):
    client.sign_in(owner)
    published(client)
    with queries() as asked:
        assert client.get(url).status_code == 200
    assert asked.count <= 8, "\n".join(asked.sent)


def test_the_difference_between_equal_books_is_none_and_of_two_dates_is_said_in_words():
    assert differences(rule_book(), rule_book()) == []


def test_the_command_reads_the_release_by_default_and_the_school_where_asked(client, app, owner, monkeypatch):
    from credentials.cli import credentials

    published(client.sign_in(owner), first_day="2027-06-01")
    monkeypatch.setattr("flask.cli.ScriptInfo.load_app", lambda self: app)
    given = json.dumps(level(apply_on="2027-06-01"))
    plain, ours = (
        json.loads(CliRunner().invoke(credentials, ["evaluate", *words, "-"], input=given).output)
        for words in ([], ["--school"])
    )
    assert plain == evaluate(level(apply_on="2027-06-01"))
    assert (plain["rule_set"], ours["rule_set"]) == (LEVEL, "acc-level-2027")
    assert (plain["verdict"], ours["verdict"]) == ("eligible", "not_eligible")
