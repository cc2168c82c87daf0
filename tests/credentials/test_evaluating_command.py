"""The command line: an assessment on standard output, or one line on standard error and exit 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from credentials.cli import credentials
from credentials.evaluating import evaluate
from tests.credentials.profiles import level, session


def _run(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(credentials, list(words), input=given)


def test_a_profile_from_a_file_is_assessed(tmp_path: Path) -> None:
    file = tmp_path / "profile.json"
    file.write_text(json.dumps(level()), encoding="utf-8")
    result = _run("evaluate", str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == evaluate(level())


def test_a_profile_from_standard_input_is_assessed_whatever_the_verdict() -> None:
    result = _run("evaluate", "-", given=json.dumps(level(sessions=[])))
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "not_eligible")


def test_a_byte_order_mark_and_any_script_are_read() -> None:
    given = "\ufeff" + json.dumps(level(sessions=[session("séance ✓")]), ensure_ascii=False)
    assert _run("evaluate", "-", given=given.encode()).exit_code == 0


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ('{"credential": "ACC"}', "path: is missing\n"),
        (json.dumps(level(apply_on="2026-02-30")), "apply_on: must be a real date, YYYY-MM-DD\n"),
        (json.dumps(level(apply_on="2020-01-01")), "apply_on: no rules are known for ACC, path level, on 2020-01-01"),
        ("{", "profile: is not JSON:"),
        ("", "profile: is not JSON:"),
        ("[" * 100_000, "profile: is not JSON that can be read"),
        (b"\xff\xfe{", "profile: is not UTF-8 text"),
        (
            '{"credential": "ACC", "path": "level", "apply_on": "2026-01-01", "recordings": NaN}',
            "recordings: must be a whole",
        ),
        (
            '{"credential": "ACC", "path": "level", "apply_on": "2026-01-01", "\\ud800\\n": 1}',
            "'\\ud800\\n': is not a known",
        ),
        ('{"credential": "ACC", "credential": "PCC"}', "credential: stands twice in one object"),
        ('{"sessions": [{"id": "s", "on": "a", "id": "t"}]}', "id: stands twice in one object"),
        (
            json.dumps(level(sessions=[session(minutes=10**4000, count=10**4000)])),
            "sessions: minutes add up to a number too long",
        ),
        (
            json.dumps(level(sessions=[session(minutes=10**4000, count=10**4000, payment="peer_exchange")])),
            "sessions: minutes add up to a number too long",
        ),
    ],
)
def test_what_is_no_profile_ends_with_one_line(given: Any, line: str) -> None:
    result = _run("evaluate", "-", given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_not_there_ends_with_one_line(tmp_path: Path) -> None:
    for name in (tmp_path / "none.json", tmp_path):
        result = _run("evaluate", str(name))
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_rules_laid_over_the_shipped_ones_are_read(tmp_path: Path) -> None:
    (tmp_path / "rule_sets").mkdir()
    profile = json.dumps(level())
    assert _run("evaluate", "-", "--rules", str(tmp_path), given=profile).exit_code == 0
    (tmp_path / "rule_sets" / "odd.json").write_text("{}", encoding="utf-8")
    broken = tmp_path.parent / f"{tmp_path.name}/../{tmp_path.name}"
    result = _run("evaluate", "-", "--rules", str(broken), given=profile)
    assert (result.exit_code, "odd.json" in result.stderr) == (2, True)


def test_the_rules_can_be_checked(tmp_path: Path) -> None:
    assert "rule sets" in _run("check-rules").stdout
    (tmp_path / "sources.json").write_text("[]", encoding="utf-8")
    assert _run("check-rules", str(tmp_path)).exit_code == 2
