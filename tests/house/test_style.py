"""The house guards its own style."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.house.reading import ROOT, calls, functions, name_of, sources

MAY_COMMIT = ("views.py", "api.py", "cli.py")
COMMITS_ELSEWHERE = {
    "demo/loading.py": "the loader is a command of its own and commits after each chapter",
    "mail/delivering.py": "one letter a transaction: claim, commit, send, commit",
    "mail/sweeping.py": "one letter a transaction",
    "payments/taking_in.py": "one event a transaction",
}


def test_only_the_edges_commit():
    wrong = [
        f"{name_of(path)}:{line}"
        for path in sources()
        if not path.name.endswith(MAY_COMMIT)
        and name_of(path) not in COMMITS_ELSEWHERE
        and not name_of(path).startswith(("tasks/", "payments/sandbox/"))
        for line in calls(path, "commit")
    ]
    assert not wrong, f"domain code commits: {wrong}"


def test_a_lock_lets_others_refer_to_the_row():
    """FOR UPDATE waits for every row that was just written about the locked one: two that do so wait for each other."""
    wrong = [
        f"{name_of(path)}:{number}"
        for path in sources()
        if not name_of(path).startswith("payments/sandbox/")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "with_for_update" in line and "key_share" not in line
    ]
    assert not wrong, f"say key_share (FOR NO KEY UPDATE; docs/decisions/0049-locks.md): {wrong}"


def test_files_stay_small():
    long = {name_of(p): n for p in sources() if (n := len(p.read_text().splitlines())) > 300}
    assert not long


def test_functions_stay_small():
    long = {f"{name_of(p)}:{name}": n for p in sources() for name, n in functions(p) if n > 40}
    assert not long


def test_no_file_is_a_drawer_for_odds_and_ends():
    drawers = {"utils.py", "helpers.py", "common.py", "services.py", "manager.py"}
    assert not [name_of(p) for p in sources() if p.name in drawers]


def test_every_room_says_what_it_is_for():
    silent = [p.name for p in ROOT.glob("*/__init__.py") if p.parent.name != "tests" and '"""' not in p.read_text()]
    assert not silent


def test_a_class_gets_its_look_in_one_room():
    """All style sheets are one on the page: the same word in two rooms means two things there."""
    owners = defaultdict(set)
    for sheet in (ROOT / "static/css/rooms").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        for selectors in re.findall(r"([^{}@;]+)\{", rules):
            for found in re.finditer(r"(?:^|,)\s*\.([A-Za-z][\w-]*)", selectors):
                owners[found.group(1)].add(sheet.name)
    assert not {name: rooms for name, rooms in owners.items() if len(rooms) > 1}


@pytest.mark.parametrize("folder", ["templates", "static/css", "static/js"])
def test_no_template_or_script_styles_inline(folder):
    wrong = [
        name_of(p)
        for p in (ROOT / folder).rglob("*")
        if p.suffix in {".html", ".mjs"} and "mail/" not in name_of(p) and ' style="' in p.read_text()
    ]
    assert not wrong


def test_every_letter_has_subject_text_and_html():
    parts = {"subject.txt", "body.txt", "body.html"}
    inside = {p.name: {f.name for f in p.iterdir()} for p in (ROOT / "templates" / "mail").iterdir() if p.is_dir()}
    letters = {name: files for name, files in inside.items() if files & parts}
    assert len(letters) > 5
    lacking = {name: parts - files for name, files in letters.items() if parts - files}
    assert not lacking


def test_every_letter_that_is_promised_has_its_templates():
    import re

    promised = {
        kind.replace(".", "_")
        for path in sources()
        for kind in re.findall(r'(?:promise|owe)_letter\(\s*"([a-z_.]+)"', path.read_text())
    }
    assert promised
    known = {p.name for p in (ROOT / "templates" / "mail").iterdir() if p.is_dir()}
    assert promised <= known, promised - known


def test_the_project_names_no_machine_and_no_registry():
    import subprocess

    pattern = r"(^|[^A-Za-z0-9_.-])/(work|farm)/|--(extra-)?index-url|pypi\.org|registry\.npmjs"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/house/test_style.py", ":!Makefile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert not [line for line in found.splitlines() if Path(line.split(":")[0]).suffix != ".lock"]
