"""A long list, a page at a time: the number of all is asked for only where it can't be told from the page."""

import pytest
from sqlalchemy import select

from accounts.models import User
from foundation.paging import paginate

EVERYBODY = select(User.id).order_by(User.id)


@pytest.fixture
def five(school):
    return [school.user(f"Person {number}").id for number in range(5)]


@pytest.mark.parametrize(
    ("number", "per", "shown", "is_page", "of", "asked"),
    [
        (1, 9, [0, 1, 2, 3, 4], 1, 1, 1),
        (3, 2, [4], 3, 3, 1),
        (1, 2, [0, 1], 1, 3, 2),
        (1, 5, [0, 1, 2, 3, 4], 1, 1, 2),
        (2, 5, [0, 1, 2, 3, 4], 1, 1, 3),
        (10**30, 2, [4], 3, 3, 3),
        (-7, 3, [0, 1, 2], 1, 2, 2),
    ],
)
def test_every_page_and_every_number_past_the_end(context, queries, five, number, per, shown, is_page, of, asked):
    with queries() as seen:
        page = paginate(EVERYBODY, number, per=per)
        assert page.items == [five[place] for place in shown]
        assert (page.number, page.pages, page.total) == (is_page, of, 5)
    assert seen.count == asked, seen.sent


def test_an_empty_list_is_one_page(context, queries):
    with queries() as seen:
        page = paginate(EVERYBODY.where(User.id < 0), 1)
    assert (page.items, page.pages, page.total, page.first, seen.count) == ([], 1, 0, 0, 1)
