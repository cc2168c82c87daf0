"""The books add up: by day, by month, as a journal, on a person's statement."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.db import db
from payments.accounting import enter
from payments.books import journaling, periods, summing
from payments.models import EnrollmentOrder, EntryKind, MoneyEntry

ZONE = "America/New_York"
SIGNS = {
    kind: -1 if kind in {EntryKind.FEE, EntryKind.REFUND, EntryKind.DISPUTE, EntryKind.TRANSFER_BACK} else 1
    for kind in EntryKind
}
CURRENCIES = st.sampled_from(["USD", "JPY", "EUR"])
LINES = st.lists(st.tuples(st.sampled_from(list(EntryKind)), st.integers(1, 10**7), CURRENCIES, st.integers(0, 100)))
DAY = datetime(2026, 5, 1, tzinfo=UTC)
MOMENTS = ("2026-11-01T03:30:00", "2026-11-01T05:30:00", "2026-11-01T06:30:00", "2026-12-01T04:59:59")


@pytest.fixture
def order(school):
    return school.order(school.user("Noémi Achterberg"), school.cohort())


@pytest.fixture
def moved(school, order):
    """Four charges of $10 around the end of October and of November in New York, one with a fee."""
    with school.app.app_context():
        mine = db.session.merge(order)
        for number, text in enumerate(MOMENTS):
            when = datetime.fromisoformat(text).replace(tzinfo=UTC)
            enter(mine, EntryKind.CHARGE, 1000, f"ch_{number}", when=when, at=school.now())
        enter(mine, EntryKind.FEE, -59, "txn_1", when=when, at=school.now())
        db.session.commit()
    return order


def test_a_day_is_a_day_of_the_schools_own_zone_also_when_clocks_change(school, moved):
    with school.app.app_context():
        rows = summing.by_day(date(2026, 10, 31), date(2026, 11, 30), ZONE)
    told = [(row.on.isoformat(), row.charged, row.fees, row.net) for row in rows]
    assert told == [("2026-10-31", 1000, 0, 1000), ("2026-11-01", 2000, 0, 2000), ("2026-11-30", 1000, -59, 941)]


def test_days_months_and_the_whole_ledger_add_up_to_the_same(school, moved):
    year = (date(2026, 1, 1), date(2026, 12, 31))
    with school.app.app_context():
        days, months = summing.by_day(*year, ZONE), summing.by_month(*year, ZONE)
        whole = sum(line.cents for line in db.session.query(MoneyEntry))
    assert sum(row.net for row in days) == sum(row.net for row in months) == whole == 3941
    assert [row.net for row in summing.totals(days)] == [3941]


def ledger(lines):
    return [
        MoneyEntry(
            id=n,
            kind=kind,
            cents=SIGNS[kind] * cents,
            tax_cents=SIGNS[kind] * cents * percent // 100,
            currency=currency,
            stripe_id=f"x_{n}",
            at=DAY,
        )
        for n, (kind, cents, currency, percent) in enumerate(lines)
    ]


@given(LINES)
def test_every_entry_of_the_journal_is_balanced_and_the_clearing_account_is_the_ledger(lines):
    made = ledger(lines)
    journal = [journaling.entry(one, "o", ZONE) for one in made]
    assert all(sum(posting.cents for posting in one.postings) == 0 for one in journal)
    cleared: Counter[str] = Counter()
    for one in journal:
        cleared[one.currency] += sum(
            p.cents for p in one.postings if p.account in (journaling.CLEARING, journaling.BANK)
        )
    taxed = sum(p.cents for one in journal for p in one.postings if p.account == journaling.TAX)
    assert taxed == -sum(one.tax_cents for one in made)
    assert cleared == Counter({c: sum(m.cents for m in made if m.currency == c) for c in {m.currency for m in made}})


@given(LINES)
def test_debits_equal_credits_in_what_the_bookkeeper_gets(lines):
    made = ledger(lines)
    rows = [
        dict(zip(journaling.HEADER, row, strict=True))
        for row in journaling.csv_rows(journaling.entry(m, "o", ZONE) for m in made)
    ]
    assert len(rows) == sum(3 if one.tax_cents else 2 for one in made)
    for currency in {row["Currency"] for row in rows}:
        mine = [row for row in rows if row["Currency"] == currency]
        assert sum(Decimal(r["Debit"] or 0) for r in mine) == sum(Decimal(r["Credit"] or 0) for r in mine)


def test_finance_reads_the_books_and_takes_them_away(client, school, moved, queries):
    client.sign_in(school.user("Bram", "finance"))
    with queries() as asked:
        page = client.get("/staff/books?period=2026-11")
    assert "$30" in page.text
    assert asked.count <= 8
    rows = list(csv.DictReader(io.StringIO(client.get("/staff/books/journal.csv?period=2026").text.lstrip("\ufeff"))))
    assert {row["Account"] for row in rows} == {"Assets:Stripe", "Income:Tuition", "Expenses:Payment fees"}
    assert "Assets:Stripe  10.00 USD" in client.get("/staff/books/journal.txt?period=2026-11").text
    assert "941" not in client.get("/staff/books/sums.csv?period=2026-10").text
    assert client.get("/staff/books?period=nonsense").status_code == 200


def test_nobody_but_finance_reads_the_books(client, school):
    client.sign_in(school.user("Rosa", "registrar"))
    for path in ("/staff/books", "/staff/books/journal.csv", "/staff/books/journal.txt", "/staff/books/sums.csv"):
        assert client.get(path).status_code == 403


def test_a_statement_says_what_was_charged_and_paid_and_leaves_stripes_fee_out(school, moved):
    from payments.books.stating import document, statements

    with school.app.app_context():
        order = db.session.get(EnrollmentOrder, moved.id)
        (one,) = statements(order.user_id)
        assert one.paid.cents == 4000
        told = document(order.user, [one], school.now())
    assert [row[1] for row in told["parts"][0]["rows"]] == ["Paid"] * 4


def test_a_person_takes_her_own_statement_as_a_pdf(client, school, moved):
    with school.app.app_context():
        buyer = db.session.get(EnrollmentOrder, moved.id).user
        db.session.expunge_all()
    answer = client.sign_in(buyer).get("/account/payments/statement.pdf")
    assert answer.data.startswith(b"%PDF")
    client.sign_in(school.user("Bram", "finance"))
    assert client.get(f"/staff/books/statements/{buyer.id}.pdf").data.startswith(b"%PDF")
    assert client.get("/staff/books/statements/999999.pdf").status_code == 404


@pytest.mark.parametrize(
    ("text", "name"), [("2026-02", "2026-02"), ("2024", "2024"), ("2026-13", "2026-11"), ("", "2026-11")]
)
def test_a_period_is_a_month_or_a_year(text, name):
    assert periods.read(text, date(2026, 11, 24)).name == name


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.booleans())
def test_periods_follow_each_other_without_a_gap(day, month):
    period = periods.of(day, month=month)
    assert period.first <= day <= period.last
    assert (period.after.first - period.last).days == 1
    assert period.after.before == period
