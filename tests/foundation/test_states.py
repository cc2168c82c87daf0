from enum import StrEnum

import pytest

from foundation.states import MoveRefused, Moves


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    WALLED_UP = "walled_up"


DOOR = Moves("door", {Door.OPEN: {Door.SHUT}, Door.SHUT: {Door.OPEN, Door.WALLED_UP}, Door.WALLED_UP: set()})


def test_a_move_in_the_table_is_allowed_and_any_other_refused():
    DOOR.check(Door.OPEN, Door.SHUT)
    with pytest.raises(MoveRefused, match="door: open can't become walled_up"):
        DOOR.check(Door.OPEN, Door.WALLED_UP)


def test_a_move_can_be_repeated_without_harm():
    for state in Door:
        DOOR.check(state, state)


def test_the_ends_of_a_lifecycle_are_known():
    assert DOOR.ends == {Door.WALLED_UP}
    assert DOOR.sources(Door.OPEN) == {Door.SHUT}
