"""What the documents point at is there."""

import re
from urllib.parse import unquote

import pytest

from tests.house.reading import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_to_files(document):
    led_to = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text())
    assert not [one for one in led_to if not (document.parent / unquote(one)).exists()]


def test_a_decision_has_a_number_of_its_own_which_files_and_pages_name():
    numbers = [int(path.name.partition("-")[0]) for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)
    for number, path in zip(numbers, DECISIONS, strict=True):
        assert path.read_text().startswith(f"# {number}. "), path.name
    named = re.compile(r"docs/decisions/(\d{4})")
    told = {path: named.findall(path.read_text()) for path in [*DOCUMENTS, *ROOT.glob("[a-z]*/**/*.py")]}
    assert not {str(path): one for path, found in told.items() for one in found if int(one) not in numbers}
