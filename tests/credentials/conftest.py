"""A trainee, a registrar, a mentor and whom she coaches; a test that needs others makes its own."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.observing.drafting import mentor_of
from foundation.db import db
from tests.makers import School


@pytest.fixture
def ana(school: School) -> Any:
    return school.user("Ana Lima")


@pytest.fixture
def rosa(school: School) -> Any:
    return school.user("Rosa Registrar", "registrar")


@pytest.fixture
def keiko(school: School) -> Any:
    return school.mentor_account()


@pytest.fixture
def maren(school: School) -> Any:
    return school.user("Maren Oyelaran", email="maren@example.com")


@pytest.fixture
def session(school: School, keiko: Any, maren: Any) -> Any:
    """An hour of mentor coaching that Keiko gave Maren."""
    with school.app.app_context():
        mentor = mentor_of(db.session.merge(keiko))
        return school.mentor_session(maren, mentor)
