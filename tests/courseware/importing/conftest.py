"""A folder of Markdown, and the command that takes it in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from courseware.importing.taking_in import read_course


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.fixture
def course(tmp_path):
    return lambda files: write(tmp_path / "coaching-basics", files)


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def running(path: Path, *options: str):
        answer = runner.invoke(args=["courseware", "import", str(path), *options])
        return answer.exit_code, json.loads(answer.stdout) if answer.exit_code == 0 else answer.stderr

    return running


def left_out(path: Path) -> dict[str, str]:
    return {item.item: item.reason for item in read_course(path).left_out}
