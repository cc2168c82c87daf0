"""What Zoom and Meet write, read as it stands: heads, encodings, clocks, lengths, and rows that count for nothing."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from courseware.attendance.reports.clocks import NotATime, Written, read_time, readings, span_of
from courseware.attendance.reports.names import alike, folded
from courseware.attendance.reports.names import readings as names
from courseware.attendance.reports.reading import read_report
from foundation.errors import Refused

NEW_YORK = ZoneInfo("America/New_York")
EVENING = datetime(2026, 3, 12, 18, tzinfo=NEW_YORK)

ZOOM = """\ufeffMeeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 3456 7890,Studio one,03/12/2026 05:55:00 PM,03/12/2026 08:31:00 PM,noor@example.com,156,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Ana Lima,ana@example.com,03/12/2026 05:58:12 PM,03/12/2026 08:30:40 PM,153,No,,No
"Okri, Ben (he/him)",,03/12/2026 06:10:00 PM,03/12/2026 07:00:00 PM,50,Yes,,No
Chidi Eze,,03/12/2026 05:50:00 PM,03/12/2026 05:58:00 PM,8,Yes,,Yes
"""
MEET = """First name,Last name,Email,Duration,Time joined,Time exited
Ana,Lima,ana@example.com,2 hr 29 min,6:01 PM,8:30 PM
"""
TOTALS = "Name (original name),Email,Total duration (minutes),Guest\nAna Lima,ana@example.com,148,No\n"


def test_zooms_block_about_the_meeting_is_no_participant():
    report = read_report(ZOOM.encode())
    assert [(row.number, row.name, row.email) for row in report.rows] == [
        (5, "Ana Lima", "ana@example.com"),
        (6, "Okri, Ben (he/him)", ""),
    ]
    assert (report.has_times, report.needs_a_zone) == (True, True)


def test_who_sat_in_the_waiting_room_was_not_in_the_class():
    (problem,) = read_report(ZOOM.encode()).problems
    assert (problem.number, problem.who, problem.reason) == (
        7,
        "Chidi Eze",
        "was in the waiting room, not in the class",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_says_the_same(encoding, delimiter):
    written = TOTALS.replace("Ana Lima", "Zoë Brontë").replace(",", delimiter)
    (row,) = read_report(written.encode(encoding)).rows
    assert (row.name, row.email, row.seconds) == ("Zoë Brontë", "ana@example.com", 148 * 60)


def test_meets_report_joins_first_and_last_name_and_knows_only_the_clock():
    (row,) = read_report(MEET.encode()).rows
    assert (row.name, row.seconds) == ("Ana Lima", 149 * 60)
    assert row.joined == Written((), time(18, 1))


def test_a_workbook_saved_by_a_spreadsheet_is_read_as_well():
    book = Workbook()
    book.active.append(["Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)"])
    book.active.append(["Ana Lima", "", datetime(2026, 3, 12, 18, 5), datetime(2026, 3, 12, 19, 0), 55])
    file = io.BytesIO()
    book.save(file)
    (row,) = read_report(file.getvalue()).rows
    assert (row.joined, row.seconds) == (Written((date(2026, 3, 12),), time(18, 5)), 3300)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Ana Lima,,03/12/2026 06:00 PM,,", "no time of leaving, and no duration"),
        ("Ana Lima,,,03/12/2026 06:00 PM,10", "no time of joining"),
        ("Ana Lima,,soon,03/12/2026 06:00 PM,10", "“soon” is no time"),
        ("Ana Lima,,99/99/2026 06:00 PM,03/12/2026 06:00 PM,10", "is no day"),
        ("Ana Lima,,03/12/2026 16:00 PM,03/12/2026 06:00 PM,10", "with AM or PM the hour is from 1 to 12"),
        ("Ana Lima,,03/12/2026 25:10,03/12/2026 06:00 PM,10", "a day has 24 hours"),
        (",,03/12/2026 06:00 PM,03/12/2026 07:00 PM,60", "names nobody"),
    ],
)
def test_a_row_that_can_not_be_read_is_named_with_its_line_and_its_reason(row, why):
    head = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
    (problem,) = read_report(f"{head}{row}\n".encode()).problems
    assert problem.number == 2
    assert why in problem.reason


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"a,b\n1,2\n", b"Topic,Duration (Minutes)\nStudio,60\n", b"\x00" * 90]
)
def test_what_is_no_list_of_participants_is_refused_in_one_line(data):
    with pytest.raises(Refused) as refused:
        read_report(data)
    assert refused.value.field == "file"


SAME = [
    "12.03.2026 18.05.30",
    "03/12/2026 06:05:30 PM",
    "2026-03-12 18:05:30",
    "Mar 12, 2026 06:05:30 PM",
    "Mar 12, 2026, 6:05:30\u202fPM",
    "12.03.2026 18:05:30",
    "12/03/2026 18:05:30",
    "2026-03-12T22:05:30Z",
    "2026-03-12T18:05:30-04:00",
    "12 March 2026 6:05:30 p. m.",
    "6:05:30 PM",
    "18:05:30",
]


@pytest.mark.parametrize("written", SAME)
def test_every_way_to_write_a_moment_is_the_same_moment(written):
    found = readings(read_time(written), NEW_YORK, EVENING)
    nearest = min(found, key=lambda moment: abs(moment - EVENING))
    assert nearest == datetime(2026, 3, 12, 22, 5, 30, tzinfo=UTC)


def test_a_day_that_may_be_two_is_the_one_nearest_to_the_class():
    may = datetime(2026, 5, 4, 18, tzinfo=NEW_YORK)
    joined, left = (read_time(f"04/05/2026 {clock}") for clock in ("18:00", "19:00"))
    assert span_of(joined, left, None, NEW_YORK, may)[0].astimezone(NEW_YORK).date() == date(2026, 5, 4)


def test_the_hour_that_spring_leaves_out_is_no_moment():
    night = datetime(2026, 3, 8, 1, tzinfo=NEW_YORK)
    with pytest.raises(NotATime, match="did not come that night"):
        span_of(read_time("2026-03-08 02:30"), read_time("2026-03-08 04:00"), None, NEW_YORK, night)


def test_over_the_night_when_clocks_go_forward_an_hour_less_passes():
    night = datetime(2026, 3, 8, 1, tzinfo=NEW_YORK)
    came, went = span_of(read_time("2026-03-08 01:30"), read_time("2026-03-08 03:30"), None, NEW_YORK, night)
    assert went - came == timedelta(hours=1)


@pytest.mark.parametrize(("stated", "long"), [(30, 30), (90, 90)])
def test_in_the_hour_that_comes_twice_the_stated_length_tells_which_one_it_was(stated, long):
    night = datetime(2026, 11, 1, 0, 30, tzinfo=NEW_YORK)
    joined, left = read_time("2026-11-01 01:10"), read_time("2026-11-01 01:40")
    came, went = span_of(joined, left, stated * 60, NEW_YORK, night)
    assert went - came == timedelta(minutes=long)
    assert came == datetime(2026, 11, 1, 1, 10, tzinfo=NEW_YORK).astimezone(UTC)


def test_who_left_before_joining_is_no_stay():
    with pytest.raises(NotATime, match="not within a day"):
        span_of(read_time("2026-03-12 19:00"), read_time("2026-03-12 18:00"), None, NEW_YORK, EVENING)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)), st.integers(0, 600))
def test_what_is_written_in_a_zone_comes_back_as_it_was(naive, minutes):
    """Over every night of the year: written as the wall clock and the length, read as the same moments."""
    came = naive.replace(second=0, microsecond=0, tzinfo=UTC)
    went = came + timedelta(minutes=minutes)
    joined, left = (read_time(f"{t.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S}") for t in (came, went))
    assert span_of(joined, left, minutes * 60, NEW_YORK, came) == (came, went)


ALIKE = [
    ("Ana Lima", "LIMA, ana"),
    ("Ana Lima (she/her)", "Ana Lima"),
    ("Ana Lima she/her/hers", "Ana Lima"),
    ("Ana Lima's iPhone", "Ana Lima"),
    ("Ana Lima’s MacBook Pro (2)", "Ana Lima"),
    ("iPad de Ana Lima", "Ana Lima"),
    ("José Ñáñez", "Jose Nanez"),
    ("Zoë O’Brien", "zoe obrien"),
    ("Łukasz Żółć", "Lukasz Zolc"),
    ("Søren Ærø", "soren aero"),
    ("Dr. Ana Lima, PCC", "Ana Lima"),
    ("Ana Lima (Guest)", "Ana Lima"),
    ("Jean-Luc Martin", "Martin Jean Luc"),
]


@pytest.mark.parametrize(("shown", "known"), ALIKE)
def test_accents_case_order_pronouns_and_devices_make_no_difference(shown, known):
    assert folded(known) in names(shown)


def test_a_display_name_may_hold_the_real_one():
    assert folded("Ana Lima") in names("annie (Ana Lima)")
    assert folded("Ana Lima") in names("Ana Lima | Boston")
    assert folded("Ana Lima") in names("iPhone (Ana Lima)")


@pytest.mark.parametrize(
    ("one", "other"), [("कमल", "कमला"), ("王明", "王芳"), ("Ana Ma", "Ana"), ("Charles Handy", "Charles")]
)
def test_names_that_differ_stay_apart(one, other):
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ana Lima", "Ana Maria Lima"), ("Jörg Müller", "Joerg Mueller"), ("Ana", "Ana Lima")]
)
def test_names_that_may_be_one_are_offered_and_not_taken(one, other):
    assert folded(one) != folded(other)
    assert alike(folded(one), folded(other))
