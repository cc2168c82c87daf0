"""Taking over a log: what is written, what is not written twice, and what comes out again."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from accounts.models import User
from credentials.coaching_log.exporting import HEADER, icf_csv, icf_xlsx, listed_sessions, relationships_of
from credentials.coaching_log.importing import taking, undoing
from credentials.coaching_log.keeping_clients import clients_of
from credentials.models import Client, CoachingSession, Kind, LedgerEntry, LogImport
from credentials.profiling import profile_of
from credentials.summing import totals_of
from foundation.db import db

ICF = """Client Name,Contact Information,Individual/Group,Number in Group,Start Date,End Date,Paid Hours,Pro Bono Hours
Wren Castellanos,wren@example.com,Individual,1,2026-01-05,2026-03-31,12.5,2
wren  CASTELLANOS,,individual,,2026-04-05,2026-05-31,3,
Idris Bello,,Group,6,2026-02-01,2026-06-30,0,"1,5"
,,,,2026-02-01,2026-06-30,4,
Total,,,,,,15.5,3.5
"""


def run(app, *args):
    return app.test_cli_runner().invoke(args=["credentials", *map(str, args)])


@pytest.fixture
def trainee(school):
    return school.user("Ana Lima")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(ICF)
    return path


def minutes_of(app, user):
    with app.app_context():
        return totals_of(user.id).minutes(Kind.COACHING)


def test_an_icf_log_is_reported_as_the_contract_says_and_its_clients_are_persons(app, trainee, file):
    done = run(app, "import-log", file, "--for", trainee.email.upper())
    report = json.loads(done.stdout)
    assert (done.exit_code, report["problems"][0]["row"]) == (0, 5)
    assert report | {"problems": []} == {
        "shape": "icf", "rows_read": 4, "imported": 3, "duplicates": 0, "clients": 2,
        "minutes": {"paid": 930, "pro_bono": 210}, "problems": [],
    }  # fmt: skip
    assert minutes_of(app, trainee) == 1140


def test_the_same_import_again_changes_nothing_and_says_so(app, trainee, file):
    run(app, "import-log", file, "--for", trainee.email)
    again = run(app, "import-log", file, "--for", trainee.email)
    report = json.loads(again.stdout)
    assert (report["imported"], report["duplicates"], report["minutes"]) == (0, 3, {"paid": 0, "pro_bono": 0})
    assert "Nothing new" in again.stderr
    assert minutes_of(app, trainee) == 1140


def test_a_dry_run_prints_the_same_report_and_writes_nothing(app, trainee, file):
    dry = run(app, "import-log", file, "--for", trainee.email, "--dry-run")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Client)) == 0
    assert json.loads(dry.stdout) == json.loads(run(app, "import-log", file, "--for", trainee.email).stdout)


@pytest.mark.parametrize("name", ["missing.csv", "photo.png"])
def test_what_is_no_log_or_nobodys_ends_with_one_line(app, trainee, tmp_path, name):
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n....")
    done = run(app, "import-log", tmp_path / name, "--for", trainee.email)
    assert (done.exit_code, done.stdout, len(done.stderr.strip().splitlines()[-1:])) == (2, "", 1)
    assert run(app, "import-log", tmp_path / "photo.png", "--for", "nobody@example.com").exit_code == 2


def test_a_run_counts_for_the_engine_as_one_record_with_both_its_days(app, trainee, file):
    run(app, "import-log", file, "--for", trainee.email)
    with app.app_context():
        told = profile_of(db.session.merge(trainee), "ACC", "level", date(2026, 11, 1))["sessions"]
    first = next(one for one in told if one["minutes"] == 750)
    assert (first["on"], first["until"], first["payment"]) == ("2026-01-05", "2026-03-31", "paid")


def test_no_name_of_the_file_is_readable_in_the_database(app, trainee, file):
    run(app, "import-log", file, "--for", trainee.email)
    with app.app_context():
        tables = ("client", "coaching_session", "ledger_entry", "audit_line", "log_import")
        rows = " ".join(str(row) for t in tables for row in db.session.execute(text(f"SELECT * FROM {t}")))
    assert "Wren" not in rows
    assert "Idris" not in rows
    assert "log.csv" not in rows


def test_hours_that_stand_already_are_not_counted_again_in_another_shape(school, app, trainee, file, tmp_path):
    run(app, "import-log", file, "--for", trainee.email)
    sessions = tmp_path / "sessions.csv"
    sessions.write_text("Client,Date,Minutes,Paid\nWren Castellanos,2026-02-02,60,yes\nMara Quist,2026-02-02,60,no\n")
    report = json.loads(run(app, "import-log", sessions, "--for", trainee.email).stdout)
    assert (report["imported"], len(report["problems"])) == (1, 1)
    assert "would count again" in report["problems"][0]["reason"]


def test_undoing_an_import_reverses_all_its_lines_and_lets_it_be_taken_again(app, trainee, file, school):
    school.coached_client(trainee, "Wren Before")
    run(app, "import-log", file, "--for", trainee.email)
    with app.app_context():
        taken = db.session.scalars(select(LogImport)).one()
        for _ in range(2):
            assert undoing.undo(taken, at=school.now()).steps == 4
        db.session.commit()
    assert minutes_of(app, trainee) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 8
        assert [client.name for client in clients_of(trainee)] == ["Wren Before"], (
            "whom it alone brought is out of sight"
        )
    assert json.loads(run(app, "import-log", file, "--for", trainee.email).stdout)["imported"] == 3
    assert minutes_of(app, trainee) == 1140
    with app.app_context():
        assert len(clients_of(trainee)) == 3


def test_five_hundred_sessions_are_written_in_a_few_statements(app, trainee, tmp_path, queries):
    rows = [f"Client {n % 20},{date(2025, 1, 1) + timedelta(days=n)},60,yes" for n in range(500)]
    (tmp_path / "big.csv").write_text("Client,Date,Minutes,Paid\n" + "\n".join(rows))
    with queries() as seen:
        run(app, "import-log", tmp_path / "big.csv", "--for", trainee.email)
    assert minutes_of(app, trainee) == 30_000
    assert seen.count < 30


def test_the_export_has_icfs_columns_and_no_formula(school, app, trainee, tmp_path):
    for name in ("=1+1", "@SUM(A1)", "+49 30", "-minus", "Wren"):
        school.coaching_session(trainee, school.coached_client(trainee, name), minutes=45)
    for kind in ("csv", "xlsx"):
        done = run(app, "export-log", "--for", trainee.email, "--as", kind, tmp_path / f"out.{kind}")
        assert done.exit_code == 0, done.output
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert rows[0] == HEADER == [cell.value for cell in sheet[1]]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'@SUM(A1)", "'+49 30", "'-minus", "Wren"]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert sheet["G3"].value == 0.75


def test_a_client_who_refused_is_left_off_icfs_log_and_that_is_said(school, app, trainee, tmp_path):
    school.coaching_session(trainee, school.coached_client(trainee, "No Thanks", consent="refused"))
    done = run(app, "export-log", "--for", trainee.email, "--as", "csv", tmp_path / "out.csv")
    assert "No Thanks" not in (tmp_path / "out.csv").read_text()
    assert "1 h left out" in done.stderr


ROW = st.tuples(
    st.sampled_from(["Wren", "Idris Bello", "=cmd", "Zoë Ng", "  spaced  name "]),
    st.dates(date(2024, 1, 1), date(2026, 6, 1)),
    st.integers(0, 60),
    st.integers(1, 4000),
    st.integers(0, 4000),
    st.sampled_from([1, 1, 6]),
)


KINDS = {1: "Individual", 6: "Group"}


@settings(max_examples=12)
@given(
    rows=st.lists(ROW, min_size=1, max_size=8, unique_by=lambda row: row[0]), kind=st.sampled_from([icf_csv, icf_xlsx])
)
def test_what_is_exported_and_imported_elsewhere_has_the_same_sums(app, school, rows, kind):
    source, target = school.user(), school.user()
    lines = [
        [name, "", KINDS[size], size, on, on + timedelta(days=10 + days), f"{paid / 60:.2f}", f"{free / 60:.2f}"]
        for name, on, days, paid, free, size in rows
    ]  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *lines])
    with app.app_context():
        first, second = (db.session.get(User, one.id) for one in (source, target))
        taking.take(first, out.getvalue().encode(), "a.csv", at=school.now())
        taking.take(second, kind(relationships_of(listed_sessions(first)[0])), "b", at=school.now())
        db.session.flush()
        assert _sums(first) == _sums(second)
        assert sum(minutes for minutes, _, _ in _sums(first)) == sum(row[3] + row[4] for row in rows)
        db.session.rollback()


def _sums(user):
    found = db.session.scalars(select(CoachingSession).where(CoachingSession.user_id == user.id))
    return sorted((one.minutes, str(one.payment), " ".join(one.client.name.split())) for one in found)
