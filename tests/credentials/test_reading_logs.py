"""Reading logs that were kept elsewhere, as people really keep them."""

import io
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from credentials.coaching_log.importing.days import Days, NotADay, Order
from foundation.errors import Refused
from tests.credentials.logs import ICF, read, sums

REAL = Path(__file__).resolve().parents[3] / "shared" / "examples" / "real"


def workbook(*rows, **sheets):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title, more in sheets.items():
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    return book


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_icfs_columns_are_read_in_any_order_and_case_below_titles_and_above_a_total():
    found = read(
        "My coaching log,,,,\n\nPRO-BONO HOURS,end date,Start Date,client  name,Paid hours\n"
        "0,2026-03-31,2026-01-05,Wren Castellanos,12.5\n\n2,2026-06-30,2026-02-01,Idris Bello,\nTotal,,,,12.5\n"
    )
    assert (found.shape, found.rows, [entry.row for entry in found.entries]) == ("icf", 2, [4, 6])
    assert sums(found) == [750, 120]


def test_a_total_may_stand_in_any_column_or_be_nothing_but_figures():
    body = "Wren,,Individual,,2026-01-05,2026-03-31,12,1\n"
    for total in (",,,,,Total,12,1", "TOTALS,,,,,,12,1", ",,,,,,12,1", "Total hours:,,,,,,=SUM(G2:G2),"):
        assert read(ICF + body + total).rows == 1


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (",,Individual,,2026-01-05,2026-03-31,12,", "Client Name", "is empty"),
        ("Wren,,Group,,2026-01-05,2026-03-31,12,", "Number in Group", "needs its number of people"),
        ("Wren,,,,2026-01-05,,12,", "End Date", "is empty"),
        ("Wren,,,,2026-03-31,2026-01-05,12,", "End Date", "before the start"),
        ("Wren,,,,2026-01-05,2026-03-31,,", "Paid Hours", "holds no time"),
        ("Wren,,,,2026-01-05,2026-03-31,-3,", "Paid Hours", "less than nothing"),
        ("Wren,,,,2026-01-05,2026-03-31,twelve,", "Paid Hours", "is no length of time"),
        ("Wren,,,,2026-01-05,2027-03-31,12,", "End Date", "has not come yet"),
        ("Wren,,,,2026-02-30,2026-03-31,12,", "Start Date", "no day of the calendar"),
        ("Wren,,,,2026-01-05,2026-01-05,17,", "Paid Hours", "more than 16 hours"),
    ],
)
def test_a_row_without_what_it_needs_is_named_by_row_and_column_and_loses_no_other(row, column, words):
    found = read(ICF + row + "\nIdris,,Individual,,2026-01-05,2026-03-31,1,\n")
    assert [(p.row, p.column) for p in found.problems] == [(2, column)]
    assert words in found.problems[0].reason
    assert [entry.name for entry in found.entries] == ["Idris"]
    assert found.rows == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_of_every_spreadsheet_are_understood(encoding, delimiter):
    rows = [
        ["Coachee", "Session date", "Length (min)", "Paid/Pro bono"],
        ["Noémi Façon", "2026-03-14", "90", "Pro bono"],
    ]
    found = read("\r\n".join(delimiter.join(row) for row in rows), encoding)
    assert [(e.name, e.on, e.parts) for e in found.entries] == [("Noémi Façon", date(2026, 3, 14), ((90, "pro_bono"),))]


def test_the_whole_column_decides_whether_the_day_or_the_month_comes_first():
    head = "Client,Date,Minutes,Paid\n"
    assert read(head + "A,03/04/2026,60,yes\nB,25/04/2026,60,no").entries[0].on == date(2026, 4, 3)
    assert read(head + "A,03/04/2026,60,yes\nB,04/25/2026,60,no").entries[0].on == date(2026, 3, 4)
    unclear = read(head + "A,03/04/2026,60,yes\nB,05/05/2026,60,no")
    assert [entry.name for entry in unclear.entries] == ["B"]
    assert "may be two days" in unclear.problems[0].reason
    torn = read(head + "A,03/04/2026,60,yes\nB,25/04/2026,60,no\nC,04/26/2026,60,no")
    assert ([e.name for e in torn.entries], len(torn.problems)) == (["B", "C"], 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-14", "14.03.2026", "14.3.26", "14/03/2026", "03/14/2026", "2026/03/14",
        "14 March 2026", "Mar 14, 2026",
        "14-Mar-26", "14. März 2026", "Saturday, March 14, 2026", "2026-03-14T09:30:00", "2026-03-14 09:30", "20260314",
        "46095", 46095, 46095.5, datetime(2026, 3, 14, 9), date(2026, 3, 14),
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(cell):
    assert Days(Order.UNKNOWN, datetime(1899, 12, 30)).read(cell) == date(2026, 3, 14)


@pytest.mark.parametrize("cell", ["", "soon", "31.02.2026", "2026", 3, "12 May", "99/99/9999", True])
def test_what_is_no_day_is_said_to_be_none(cell):
    with pytest.raises(NotADay):
        Days(Order.DAY_FIRST, datetime(1899, 12, 30)).read(cell)


def test_a_workbook_is_read_from_its_visible_sheets_with_its_own_days_and_merged_names():
    head = ["Client", "Date", "Hours", "Individual/Group", "Number in group", "Paid?"]
    book = workbook(
        ["Log of 2026"], head,
        ["Wren", datetime(2026, 3, 14), 1, "Individual", None, "yes"],
        [None, datetime(2026, 3, 21), 1.5, "Group", 6, "no"],
        ["Total", None, "=SUM(C3:C4)"],
        Hidden=[head, ["Ghost", datetime(2026, 3, 14), 1, "Individual", None, "yes"]],
        Older=[head, ["Idris", 45000, time(0, 45), "Individual", 1, "yes"]],
    )  # fmt: skip
    book.active.merge_cells("A3:A4")
    book["Hidden"].sheet_state = "hidden"
    found = read(saved(book))
    assert [(e.row, e.name, e.people) for e in found.entries] == [(3, "Wren", 1), (4, "Wren", 6), (2, "Idris", 1)]
    assert sums(found) == [105, 90]


def test_a_formula_that_was_never_reckoned_is_a_problem_and_not_a_zero():
    book = workbook(["Client", "Date", "Minutes", "Paid"], ["Wren", datetime(2026, 3, 14), "=30+30", "yes"])
    assert "formula without a saved result" in read(saved(book)).problems[0].reason


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"%PDF-1.7 ...",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0old",
        b"a,b\n1,2\n",
        b"Client Name,Date\nWren,2026-01-01",
    ],
)
def test_a_file_that_is_no_log_is_refused_in_one_line(data):
    with pytest.raises(Refused) as refused:
        read(data)
    assert "\n" not in refused.value.message


@pytest.mark.skipif(not REAL.is_dir(), reason="the real material (../shared/examples/real) is not on this machine")
def test_no_list_or_hostile_file_of_others_is_taken_for_a_log():
    files = [f for folder in ("2-people-and-logs", "5-bad-input") for f in (REAL / folder).rglob("*") if f.is_file()]
    assert len(files) > 100
    for file in files:
        with pytest.raises(Refused):
            read(file.read_bytes())


@pytest.mark.skipif(not REAL.is_dir(), reason="the real material (../shared/examples/real) is not on this machine")
def test_names_in_every_script_come_through_a_log_whole():
    text = (REAL / "2-people-and-logs/names-many-scripts/common-forenames-by-country.csv").read_text("utf-8-sig")
    names = list(dict.fromkeys(line.split(",")[-2].strip() for line in text.splitlines()[1:]))
    names = [name for name in names if name and '"' not in name]
    found = read("Client,Date,Minutes,Paid\n" + "\n".join(f"{name},2026-03-14,60,yes" for name in names), "utf-16")
    assert len(names) > 50
    assert [entry.name for entry in found.entries] == [" ".join(name.split()) for name in names]


@pytest.mark.parametrize(
    ("cell", "starts"),
    [
        ("01.04.2026", None),
        ("3.2.26", None),
        ("Mi 01.04.2026", None),
        ("01.04.2026 18.30", time(18, 30)),
        ("01.04.2026 18:30", time(18, 30)),
        ("2026-04-01T07:15", time(7, 15)),
        ("04/01/2026, 6:30 pm", time(18, 30)),
    ],
)
def test_the_points_of_a_day_are_no_time_of_day(cell, starts):
    found = read(f'Client,Date,Minutes,Paid\nWren,"{cell}",60,yes\nIdris,04/13/2026,60,yes\n')
    assert [one.starts for one in found.entries] == [starts, None]


def test_a_merged_client_holds_for_three_ways_to_write_a_day_and_commas_are_decimal():
    book = workbook(
        ["My log"], ["Client", "Date", "Hours", "Paid"], ["Wren", "2026-03-01", 1.5, "paid"],
        [None, "01.04.2026", "1,5", "pro bono"], [None, datetime(2026, 5, 2), "0,75", "no fee"], ["Sum", None, 3.75],
    )  # fmt: skip
    for span in ("A1:D1", "A3:A5"):
        book.active.merge_cells(span)
    found = read(saved(book))
    assert [(one.name, one.on.month, one.parts[0][0], one.starts) for one in found.entries] == [
        ("Wren", 3, 90, None), ("Wren", 4, 90, None), ("Wren", 5, 45, None)
    ]  # fmt: skip
    assert found.problems == []


def test_a_column_of_fees_says_what_was_paid_and_an_empty_cell_is_asked_about():
    body = "Wren,2026-09-04,60,$120.00\nWren,2026-09-11,45,0\nWren,2026-09-12,30,pro bono\nWren,2026-09-13,30,\n"
    found = read("Who,Session date,Minutes,Fee\n" + body)
    assert sums(found) == [60, 75]
    assert [(one.row, one.reason) for one in found.problems] == [(5, "says neither paid nor pro bono")]


@pytest.mark.parametrize("title", ["Type", "Session type", "Type of coaching"])
def test_a_type_may_say_how_it_was_paid_or_whether_it_was_a_group_and_its_answers_tell(title):
    paid = read(
        f"Date,Client,{title},Minutes\n2026-05-04,Wren,Pro bono,60\n2026-05-11,Wren,Paid,45\n2026-05-18,Idris,,30\n"
    )
    assert sums(paid) == [45, 60]
    assert [(one.row, one.column) for one in paid.problems] == [(4, title)]
    groups = "2026-05-04,Wren,Individual,,60,yes\n2026-05-11,Five,Group,5,45,no\n"
    kinds = read(f"Date,Client,{title},Group size,Minutes,Paid?\n{groups}")
    assert [(one.format, one.people) for one in kinds.entries] == [("individual", 1), ("group", 5)]
    assert sums(kinds) == [60, 45]
