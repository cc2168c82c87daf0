"""The floor of the benchmark does what the page does, as often as it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from enrollment.leads import GuideRequest, Lead
from foundation.db import db
from mail.models import Letter
from tests.bench.floor import create_floor
from tests.bench.pages import guide_post
from tests.bench.recording import record_pages

WRITTEN = (Lead, GuideRequest, Letter)


def counted(app: Flask) -> list[int]:
    with app.app_context():
        return [db.session.scalars(select(func.count()).select_from(table)).one() for table in WRITTEN]


def test_the_floor_of_a_form_writes_the_same_rows_again_and_again(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = record_pages(app, [guide_post(app)], tmp_path / "recording")
    monkeypatch.setenv("FLOOR_RECORDING", str(tmp_path / "recording"))
    monkeypatch.setenv("FLOOR_DATABASE", app.config["SQLALCHEMY_DATABASE_URI"])
    before, floor = counted(app), create_floor().test_client()
    answers = [floor.post("/guide POST") for _ in range(3)]
    assert [(a.status_code, len(a.data)) for a in answers] == [(200, told["guide POST"].bytes)] * 3
    assert counted(app) == [number + 3 for number in before]
