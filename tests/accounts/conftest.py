"""A trainee who signs in with a password; a test that needs another makes its own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.erasures import PASSWORD
from tests.makers import School


@pytest.fixture
def ana(school: School) -> Any:
    return school.user("Ana Lima", email="ana@example.com", password=PASSWORD)
