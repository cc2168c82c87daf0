"""The examples that lie beside the project, where they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.credentials.profiles import assess, rows

EXAMPLES = Path(__file__).parents[2].parent / "shared" / "examples" / "eligibility"
FILES = sorted(EXAMPLES.glob("*.json"))


@pytest.mark.skipif(not FILES, reason="the examples of the eligibility contract do not lie beside the project")
@pytest.mark.parametrize("file", FILES or [EXAMPLES], ids=lambda file: file.stem)
def test_an_example_is_answered_as_it_expects(file: Path) -> None:
    example: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    answer, expected = assess(example["profile"]), example["expect"]
    found = rows(answer)
    assert answer["verdict"] == expected["verdict"]
    for part in ("have", "missing", "required", "status"):
        assert {key: found[key][part] for key in expected.get(part, {})} == expected.get(part, {})
    assert set(expected.get("not_met", [])) <= {key for key, row in found.items() if row["status"] == "not_met"}
