"""How long a session was, however a log says it."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.coaching_log.importing.lengths import NotALength, Unit, read_minutes
from tests.credentials.logs import read, sums


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("1:30", 90), ("90 min", 90), ("1.5 h", 90),
        ("1,5", 90), ("1h30", 90), ("1 hr 30 min", 90), ("1.5", 90),
        (time(1, 30), 90), ("1 hour", 60), ("0,75", 45), ("1.234,5", 74070), ("1,234.5", 74070), ("", 0),
        (None, 0), ("0.33", 20),
    ],
)  # fmt: skip
def test_a_length_is_read_however_it_is_written(cell, minutes):
    assert read_minutes(cell, Unit.HOURS) == minutes


@given(st.integers(0, 60_000))
def test_whole_minutes_come_back_from_hundredths_of_hours(minutes):
    assert read_minutes(f"{minutes / 60:.2f}", Unit.HOURS) == minutes
    assert read_minutes(f"{minutes / 60:.2f}".replace(".", ","), Unit.HOURS, comma_is_decimal=True) == minutes


@pytest.mark.parametrize("cell", ["abc", "-1", "1:75", "#REF!", datetime(2026, 1, 1)])
def test_what_is_no_length_is_said_to_be_none(cell):
    with pytest.raises(NotALength):
        read_minutes(cell, Unit.HOURS)


def test_a_duration_without_a_unit_is_hours_or_minutes_as_its_column_shows():
    head = "Client,Date,Duration,Paid or pro bono\n"
    assert sums(read(head + "A,2026-03-14,1.5,paid\nB,2026-03-15,1,free")) == [90, 60]
    assert sums(read(head + "A,2026-03-14,45,paid\nB,2026-03-15,60,free")) == [45, 60]
    assert len(read(head + "A,2026-03-14,1,paid\nB,2026-03-15,60,free").problems) == 2


@pytest.mark.parametrize(
    ("hours", "minutes", "sum_of"),
    [("1", "30", 90), ("1,5", "90", 90), ("", "45", 45), ("2", "", 120), ("2", "0", 120), ("0", "50", 50)],
)
def test_hours_and_minutes_in_two_columns_add_up_or_say_the_same(hours, minutes, sum_of):
    found = read(f"Client;Date;Hours;Minutes;Paid\nWren;2026-01-05;{hours};{minutes};yes\n")
    assert [entry.parts[0][0] for entry in found.entries] == [sum_of]


def test_hours_and_minutes_that_say_two_lengths_are_named_and_not_guessed():
    [problem] = read("Client,Date,Hours,Minutes,Paid\nWren,2026-01-05,1.5,45,yes\n").problems
    assert (problem.row, problem.column) == (2, "Minutes")
    assert "45 minutes and 1.5 hours are two lengths" in problem.reason


@pytest.mark.parametrize("heads", ["Start time,End time", "Start,End", "From,To", "Time in,Time out"])
def test_a_start_and_an_end_are_a_length_also_over_midnight(heads):
    found = read(f"Client,Date,{heads},Paid\nWren,2026-01-05,10:00,11:15,yes\nIdris,2026-01-05,23:30,00:30,no\n")
    assert [(one.starts, one.parts) for one in found.entries] == [
        (time(10), ((75, "paid"),)),
        (time(23, 30), ((60, "pro_bono"),)),
    ]


@pytest.mark.parametrize(
    ("title", "written", "minutes"),
    [
        ("Dauer (Min)", "45", 45),
        ("Dauer in Minuten", "45", 45),
        ("Durée (h)", "1,5", 90),
        ("Time spent in hours", "0.5", 30),
        ("Length of session (mins)", "50", 50),
        ("Duración (minutos)", "75", 75),
        ("Dauer (Std)", "1,25", 75),
    ],
)
def test_what_a_length_counts_may_stand_behind_its_name_in_several_languages(title, written, minutes):
    found = read(f"Date;Client;{title};Payment\n2026-05-04;Wren;{written};paid\n")
    assert sums(found) == [minutes, 0]
