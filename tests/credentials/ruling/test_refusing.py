"""Rules that would not stand are refused beside the figure, the day or the key they name."""

import json
from datetime import date

import pytest

from credentials.rules import Document, RulesError, check, laid_over, rule_book
from credentials.ruling import drafting
from foundation.db import db
from foundation.errors import Refused
from tests.credentials.ruling.conftest import LEVEL, begun, field_of, fields_of, with_coaching

KEY = "experience.total_hours_min"


@pytest.mark.parametrize(
    ("day", "words"), [("", "Choose the first day of the new rules."), ("2025-11-03", "Choose a later day.")]
)
def test_new_rules_begin_on_a_day_after_those_they_follow(client, owner, day, words):
    client.sign_in(owner)
    page = client.submit(f"/staff/rules/sets/{LEVEL}/begin", {"first_day": day}, on=f"/staff/rules/sets/{LEVEL}").text
    assert words in page
    assert 'id="first_day-error"' in page


def test_a_figure_that_is_no_number_is_refused_beside_its_field(client, owner):
    address = begun(client.sign_in(owner))
    page = with_coaching(client, address, "many").text
    assert "A number, such as 100 or 7.5." in page
    assert 'value="many"' in page


def test_what_the_checker_refuses_stands_beside_the_figure_it_names(client, owner):
    address = begun(client.sign_in(owner))
    page = with_coaching(client, address, -5).text
    assert f"draft: acc-level-2030: {KEY}: value: -5 is no number that can be compared" in page
    name = field_of(client, address, "Coaching experience")
    assert f'id="{name}-error"' in page


def test_json_that_would_not_stand_is_refused_naming_the_key_and_what_was_typed_is_kept(client, owner):
    address = begun(client.sign_in(owner)) + "/text"
    typed = client.get(address).text
    assert "acc-level-2030" in typed
    for wrong, words in (("{", "not readable as JSON"), ('{"rule_sets": [], "colour": 1}', "unknown field colour")):
        page = client.submit(address, {"text": wrong}).text
        assert words in page
        assert wrong.replace('"', "&#34;") in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"effective_from": "2025-06-01"}, "effective_from: after .*two rules for one day"),
        ({"effective_to": "2031-12-31"}, "acc-level-2030: effective_to: no rule after 2031-12-31"),
        ({"rules": []}, "acc-level-2030: rules: holds no rules"),
        ({"serves": "back door"}, "serves no known path"),
    ],
)
def test_overlaps_gaps_and_odd_rules_are_refused_by_the_same_checker(context, school, owner, changes, words):
    actor = db.session.merge(owner)
    draft = drafting.begin(LEVEL, actor, school.now(), first_day=date(2030, 1, 1))
    document = drafting.document_json(draft.text)
    document["rule_sets"][0] |= changes
    with pytest.raises(Refused, match=words) as refused:
        drafting.keep(draft, document, actor, school.now())
    assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "acc/level"}, "acc/level: id: is no name of letters, digits, dots and dashes"),
        ({"id": ".."}, "id: is no name"),
        ({"effective_from": "9999-12-31"}, "effective_from: '9999-12-31' is no day between 1900 and 2199"),
        ({"effective_from": "0001-01-01"}, "effective_from: '0001-01-01' is no day between 1900 and 2199"),
        ({"note": "ICF\x00"}, r"'\\x00' is a character that no page can show"),
        ({"note": "ICF\x1b[31m"}, r"'\\x1b' is a character that no page can show"),
    ],
)
def test_what_no_page_could_show_or_link_to_is_refused(changes, words):
    given = {"rule_sets": [dict(rule_book().raws[LEVEL]) | changes]}
    with pytest.raises(RulesError, match=words):
        check(laid_over(rule_book(), [Document.of("draft", given)]))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_first_day_out_of_all_reach_is_refused_beside_the_day(client, owner, day):
    client.sign_in(owner)
    begin = f"/staff/rules/sets/{LEVEL}"
    pages = [client.submit(f"{begin}/begin", {"first_day": day}, on=begin)]
    draft = begun(client)
    pages.append(client.post(draft, data=fields_of(client, draft) | {"first_day": day}))
    assert all("A day between 1900 and 2199." in page.text and page.status_code == 200 for page in pages)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"sources": []}, f"{KEY}: a rule without a source"),
        ({"sources": ["hearsay"]}, f"{KEY}: unknown source hearsay"),
        ({"key": "experience.hours"}, "experience.hours: unknown key"),
        ({"value": "120"}, f"{KEY}: value: '120' is no number"),
    ],
)
def test_a_rule_without_source_an_unknown_key_and_a_string_for_a_number_are_refused(
    context, school, owner, rule, words
):
    actor = db.session.merge(owner)
    draft = drafting.begin(LEVEL, actor, school.now(), first_day=date(2030, 1, 1))
    document = drafting.document_json(draft.text)
    next(one for one in document["rule_sets"][0]["rules"] if one["key"] == KEY).update(rule)
    with pytest.raises(Refused, match=words):
        drafting.keep_text(draft, json.dumps(document), actor, school.now())
