"""The registrar's desk."""

from __future__ import annotations

import re

import pytest


def text(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def desk(app, school):
    return app.test_client().sign_in(school.user("Rita Registrar", "registrar"))
