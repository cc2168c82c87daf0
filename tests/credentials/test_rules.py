"""The rulebook: dated figures with sources, checked as a whole."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credentials.evaluating import applying, evaluate, renewal
from credentials.rules import Document, NoRuleSet, RulesError, check, laid_over, load, rule_book, rule_set_for
from credentials.rules.loading import SHIPPED, read_json
from tests.credentials.profiles import level


def _raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHIPPED / "rule_sets" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _over(folder: Path, *rule_sets: dict[str, Any]) -> Path:
    (folder / "rule_sets").mkdir(exist_ok=True)
    for number, raw in enumerate(rule_sets):
        (folder / "rule_sets" / f"own-{number}.json").write_text(json.dumps(raw), encoding="utf-8")
    return folder


def _rule(raw: dict[str, Any], key: str) -> dict[str, Any]:
    return next(rule for rule in raw["rules"] if rule["key"] == key)


def test_the_shipped_rules_are_in_order() -> None:
    book = rule_book()
    assert len(book.rule_sets) == 25
    assert book.compiled_on == date(2026, 11, 22)
    assert all(rule.sources for rule_set in book.rule_sets.values() for rule in rule_set.rules)


@pytest.mark.parametrize("credential", ["ACC", "PCC", "MCC"])
@pytest.mark.parametrize("path", ["level", "portfolio", "renewal"])
def test_each_path_has_rules_from_2022_on_for_ever(credential: str, path: str) -> None:
    for day in (date(2022, 8, 2), date(2025, 11, 2), date(2025, 11, 3), date(2027, 4, 1), date.max):
        assert rule_set_for(credential, path, day).serves == path


def test_before_the_first_rules_there_are_none() -> None:
    with pytest.raises(NoRuleSet, match="the first is of 2022-08-02"):
        rule_set_for("ACC", "level", date(2022, 8, 1))


def test_every_requirement_of_the_rulebook_is_checked_by_the_engine() -> None:
    asked = {key.name for key in rule_book().keys.values() if key.use == "requirement"}
    assert asked == set(applying.ROWERS) | set(renewal.ROWERS)


def test_the_figures_are_those_that_are_published() -> None:
    figures = {
        credential: [rule_set_for(credential, "level", date(2026, 11, 22)).minutes(key) for key in
                     ("education.total_hours_min", "experience.total_hours_min", "experience.paid_hours_min")]
        for credential in ("ACC", "PCC", "MCC")
    }  # fmt: skip
    assert figures == {"ACC": [3600, 6000, 4500], "PCC": [7500, 30000, 27000], "MCC": [12000, 150000, 135000]}


def test_a_rule_that_follows_the_records_day_is_picked_by_it() -> None:
    rules = rule_set_for("ACC", "portfolio", date(2027, 5, 1))
    before, after = (rules.rule("mentor.eligible_mentor", on=day) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert before and after
    assert (before.value, after.value) == (["ACC_renewed_once", "PCC", "MCC"], ["MCS-ACC", "MCS-PCC"])


def test_a_school_adds_rules_without_a_release(tmp_path: Path) -> None:
    closed = {**_raw("acc-level-2025"), "effective_to": "2029-12-31"}
    later = {**_raw("acc-level-2025"), "id": "acc-level-2030", "effective_from": "2030-01-01"}
    _rule(later, "experience.total_hours_min")["value"] = 120
    book = rule_book(_over(tmp_path, closed, later))
    before = evaluate(level(), book)
    assert before["rule_set"] == "acc-level-2025"
    assert (before["next_change"]["date"], before["next_change"]["verdict"]) == ("2030-01-01", "not_eligible")
    assert evaluate(level())["next_change"] is None


KEY, MENTOR = "experience.total_hours_min", "mentor.eligible_mentor"
CLIENTS, RECENT = "experience.distinct_clients_min", "experience.recent_hours_min"
LEVELS, EXAM = "education.completed_program_levels", "exam.required"
FLAG = "experience.count_only_after_start_of_education"


@pytest.mark.parametrize(
    ("place", "changes", "words"),
    [
        (KEY, {"sources": []}, [KEY, "without a source"]),
        (KEY, {"sources": ["hearsay"]}, [KEY, "unknown source hearsay"]),
        (KEY, {"key": "experience.hours"}, ["experience.hours", "unknown key"]),
        (KEY, {"colour": "red"}, [KEY, "unknown field colour"]),
        (KEY, {"op": "~"}, [KEY, "unknown op"]),
        (KEY, {"value": "many"}, [KEY, "no number"]),
        (KEY, {"value": True}, [KEY, "no number"]),
        (KEY, {"confidence": "sure"}, [KEY, "unknown confidence"]),
        (KEY, {"key": "experience.paid_hours_min"}, ["experience.paid_hours_min", "stands twice"]),
        (MENTOR, {"applies_to": "2026-12-30"}, [MENTOR, "no rule between"]),
        (MENTOR, {"applies_to": "2027-01-01"}, [MENTOR, "two rules for one day"]),
        (MENTOR, {"value": "PCC"}, [MENTOR, "no list"]),
        (None, {"effective_from": "2025-02-30"}, ["effective_from", "no date"]),
        (None, {"effective_from": "2025-11-04"}, ["no rule between"]),
        (None, {"effective_from": "2025-11-02"}, ["two rules for one day"]),
        (None, {"effective_to": "2025-01-01"}, ["before it begins"]),
        (None, {"id": "acc-level-2026"}, ["acc-level-2026", "two rules for one day"]),
        (None, {"serves": "side door"}, ["serves no known path"]),
        (None, {"rules": []}, ["holds no rules"]),
        (None, {"rules": [1]}, ["rules", "no list of objects"]),
        (None, {"effective_to": "2029-12-31"}, ["effective_to", "no rule after 2029-12-31"]),
        (None, {"serves": ["level"]}, ["serves", "no text"]),
        (None, {"effective_from": 20251103}, ["effective_from", "no date"]),
        (KEY, {"value": "100"}, [KEY, "value", "'100' is no number"]),
        (KEY, {"value": [100]}, [KEY, "value", "no number"]),
        (KEY, {"value": -1}, [KEY, "value", "no number"]),
        (KEY, {"op": "<="}, [KEY, "op", "compares by >="]),
        (KEY, {"unit": 60}, [KEY, "unit", "no text"]),
        (KEY, {"sources": "exp"}, [KEY, "sources", "no list"]),
        (KEY, {"confidence": ["high"]}, [KEY, "confidence", "no text"]),
        (KEY, {"note": 5}, [KEY, "note", "no text"]),
        (KEY, {"alternatives": {}}, [KEY, "alternatives", "no list of objects"]),
        (KEY, {"alternatives": [{"value": 90}]}, [KEY, "alternatives", "lacks sources"]),
        (KEY, {"alternatives": [{"value": "90", "sources": ["exp"], "confidence": "low"}]}, [KEY, "'90' is no number"]),
        (CLIENTS, {"value": 8.5}, [CLIENTS, "value", "no whole number"]),
        (RECENT, {"window_months": "18"}, [RECENT, "window_months", "no whole number"]),
        (RECENT, {"window_months": None}, [RECENT, "lacks window_months"]),
        (LEVELS, {"value": ["Level 1", "Level 9"]}, [LEVELS, "value", "'Level 9' is none of"]),
        (FLAG, {"value": 1}, [FLAG, "value", "neither true nor false"]),
        (EXAM, {"value": 3}, [EXAM, "value", "no name"]),
        (EXAM, {"minutes": 90.5}, [EXAM, "minutes", "no whole number"]),
    ],
)
def test_rules_that_contradict_themselves_are_refused_by_file_set_and_key(
    place: str | None, changes: dict[str, Any], words: list[str], tmp_path: Path
) -> None:
    raw = _raw("acc-level-2025")
    (_rule(raw, place) if place else raw).update(changes)
    with pytest.raises(RulesError) as refused:
        check(load(_over(tmp_path, raw)))
    message = str(refused.value)
    assert all(word in message for word in ["own-0.json", "acc-level-202", *words]), message


def test_a_rule_that_follows_the_records_day_must_not_end_with_nothing_after_it(tmp_path: Path) -> None:
    raw = _raw("acc-level-2025")
    last = [rule for rule in raw["rules"] if rule["key"] == MENTOR][-1]
    last["applies_to"] = "2030-06-30"
    with pytest.raises(RulesError, match=rf"{MENTOR}: applies_to: no rule after 2030-06-30"):
        check(load(_over(tmp_path, raw)))


def test_a_rule_set_that_follows_an_endless_one_ends_it_the_day_before() -> None:
    later = {**_raw("acc-level-2025"), "id": "acc-level-2030", "effective_from": "2030-01-01"}
    book = check(laid_over(rule_book(), [Document.of("version 1", {"rule_sets": [later]})]))
    assert book.rule_sets["acc-level-2025"].effective_to == date(2029, 12, 31)
    assert book.rule_set_for("ACC", "level", date(2030, 1, 1)).id == "acc-level-2030"
    assert rule_book().rule_sets["acc-level-2025"].effective_to is None


@pytest.mark.parametrize(
    ("first_day", "words"), [("2027-03-31", "two rules for one day"), ("2027-07-01", "no rule between 2027-03-31")]
)
def test_a_version_that_overlaps_or_leaves_a_gap_is_refused_naming_the_key(first_day: str, words: str) -> None:
    moved = {**_raw("acc-portfolio-2027"), "effective_from": first_day}
    with pytest.raises(RulesError, match=f"version 4: acc-portfolio-2027: effective_from: .*{words}"):
        check(laid_over(rule_book(), [Document.of("version 4", {"rule_sets": [moved]})]))


def test_the_digest_names_the_content_and_not_how_it_is_written() -> None:
    plain = {"rule_sets": [_raw("acc-level-2025")]}
    turned = json.loads(json.dumps(plain, sort_keys=True, indent=4))
    assert Document.of("a", plain).digest == Document.of("b", turned).digest
    first, second = (laid_over(rule_book(), [Document.of("x", one)]).digest for one in (plain, {"changes": []}))
    assert len({first, second, rule_book().digest}) == 3


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "version 1: is no object"),
        ({"rules": []}, "version 1: unknown field rules"),
        ({"sources": []}, "version 1: sources: is no object"),
        ({"rule_sets": {}}, "version 1: rule_sets: is no list of objects"),
        ({"sources": {"icf": {"address": "https://icf.example.com"}}}, "sources: icf: lacks kind"),
        (
            {"changes": [{"on": "2027-13-01", "what": "More"}]},
            "version 1: changes: 2027-13-01: on: '2027-13-01' is no date",
        ),
        ({"rule_sets": [{**_raw("acc-level-2025"), "id": 7}]}, "version 1: 7: id: 7 is no text"),
        ({"keys": {"x": {"label": "X", "use": "none", "unit": "count", "op": "==", "holds": "flag"}}}, "keys: x: use"),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_where_it_is_wrong(document: Any, words: str) -> None:
    with pytest.raises(RulesError, match=words):
        check(laid_over(rule_book(), [Document.of("version 1", document)]))


@pytest.mark.parametrize(
    "text", ['{"value": NaN}', '{"a": 1, "a": 2}', "{", "[" * 100_000, "9" * 5_000, '{"a": "\\ud800"}']
)
def test_what_is_no_json_or_means_two_things_is_refused(text: str) -> None:
    with pytest.raises(RulesError, match="version 1: ") as refused:
        read_json("version 1", text)
    assert "sys." not in str(refused.value)
    assert "recursion" not in str(refused.value)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    with pytest.raises(RulesError, match=r"keys\.json: not readable"):
        load(tmp_path)


def test_one_id_in_two_files_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"own-1\.json: acc-level-2025: stands in own-0\.json too"):
        load(_over(tmp_path, _raw("acc-level-2025"), _raw("acc-level-2025")))


def test_every_key_is_used_and_has_a_label() -> None:
    book = rule_book()
    used = {rule.key for rule_set in book.rule_sets.values() for rule in rule_set.rules}
    assert used == set(book.keys)
    assert all(key.label for key in book.keys.values())


def test_behind_every_address_stands_a_source_with_its_kind_and_age() -> None:
    book = rule_book()
    addresses = {address for rule_set in book.rule_sets.values() for rule in rule_set.rules for address in rule.sources}
    found = [book.source_at(address) for address in addresses]
    assert all(source and source.kind and source.date for source in found)
    assert book.source_at("https://example.test/") is None


def test_a_fee_is_an_object_of_numbers(tmp_path: Path) -> None:
    raw = _raw("mcc-level3-2022")
    _rule(raw, "fee.application_usd")["value"] = {"member": "675"}
    with pytest.raises(RulesError, match=r"fee\.application_usd: value: .*no object of numbers"):
        check(load(_over(tmp_path, raw)))
