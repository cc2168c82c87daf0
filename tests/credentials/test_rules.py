"""The rulebook: dated figures with sources, checked as a whole."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credentials.evaluating import applying, evaluate, renewal
from credentials.rules import NoRuleSet, RulesError, check, load, rule_book, rule_set_for
from credentials.rules.loading import SHIPPED
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
