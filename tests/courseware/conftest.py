"""Somebody who teaches, a cohort, somebody in it, and a class that is under way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.makers import School


@pytest.fixture
def noor(school: School) -> Any:
    return school.user("Noor Haddad", "instructor")


@pytest.fixture
def cohort(school: School) -> Any:
    return school.cohort(seats=40)


@pytest.fixture
def ana(school: School) -> Any:
    return school.user("Ana Lima")


@pytest.fixture
def place(school: School, ana: Any, cohort: Any) -> Any:
    return school.enrollment(ana, cohort)


@pytest.fixture
def studio(school: School, cohort: Any, noor: Any) -> Any:
    """A class that began ten minutes ago."""
    return school.live_class(cohort, starts_in=-timedelta(minutes=10), instructor_id=noor.id)


@pytest.fixture
def sheet(studio: Any) -> str:
    """Where staff mark who came to the class."""
    return f"/staff/classes/{studio.id}"
