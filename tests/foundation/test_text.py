"""A number that comes back from a page is a number or nothing: whatever was sent instead breaks nothing."""

from __future__ import annotations

import pytest

from foundation.text import whole_number


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("007", 7), ("99999999999", 99999999999)])
def test_digits_are_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "²", "٣", "seven", " 7", "9" * 12, "9" * 5000])
def test_everything_else_is_what_the_caller_says(text: str | None) -> None:
    assert (whole_number(text), whole_number(text, 0)) == (-1, 0)
