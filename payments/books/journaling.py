"""The journal: each movement as a balanced double entry, as CSV and as a plain-text journal (hledger, Ledger)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from foundation.money import Money
from payments.models import EntryKind, MoneyEntry

CLEARING = "Assets:Stripe"
BANK = "Assets:Bank"
TAX = "Liabilities:Sales tax"
BY_BANK = (EntryKind.TRANSFER, EntryKind.TRANSFER_BACK)
AGAINST = {
    EntryKind.CHARGE: "Income:Tuition",
    EntryKind.REFUND: "Income:Tuition refunded",
    EntryKind.REFUND_FAILED: "Income:Tuition refunded",
    EntryKind.DISPUTE: "Expenses:Disputes",
    EntryKind.DISPUTE_WON: "Expenses:Disputes",
    EntryKind.DISPUTE_LOST: "Expenses:Disputes",
    EntryKind.FEE: "Expenses:Payment fees",
    EntryKind.TRANSFER: "Income:Tuition",
    EntryKind.TRANSFER_BACK: "Income:Tuition refunded",
}
HEADER = ["Date", "Entry", "Account", "Debit", "Credit", "Currency", "Order", "Reference", "Memo"]
MEMOS = {
    EntryKind.CHARGE: "Payment",
    EntryKind.REFUND: "Refund",
    EntryKind.REFUND_FAILED: "Refund that came back",
    EntryKind.DISPUTE: "Dispute",
    EntryKind.DISPUTE_WON: "Dispute won",
    EntryKind.DISPUTE_LOST: "Dispute lost: the tax in it",
    EntryKind.FEE: "Stripe's fee",
    EntryKind.TRANSFER: "Bank transfer",
    EntryKind.TRANSFER_BACK: "Refund by bank transfer",
}


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: positive is debit, negative is credit, in the currency's smallest unit."""

    account: str
    cents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A balanced entry of the journal."""

    number: int
    on: date
    memo: str
    currency: str
    order: str
    reference: str
    postings: tuple[Posting, ...]


def entry(line: MoneyEntry, order: str, zone: str) -> Entry:
    """A line of the ledger as a double entry, on its day in the school's zone. `order`: the order's public name."""
    where = BANK if line.kind in BY_BANK else CLEARING
    sides = [Posting(where, line.cents)] if line.cents else []
    sides.append(Posting(AGAINST[line.kind], line.tax_cents - line.cents))
    sides += [Posting(TAX, -line.tax_cents)] if line.tax_cents else []
    postings = tuple(sides)
    on = line.at.astimezone(ZoneInfo(zone)).date()
    return Entry(line.id, on, MEMOS[line.kind], line.currency, order, line.stripe_id, postings)


def csv_rows(journal: Iterable[Entry]) -> Iterator[list[str]]:
    """A row for each side of an entry, debit first."""
    for one in journal:
        for posting in sorted(one.postings, key=lambda p: -p.cents):
            amount = _figure(abs(posting.cents), one.currency)
            sides = [amount, ""] if posting.cents > 0 else ["", amount]
            yield [
                one.on.isoformat(),
                str(one.number),
                posting.account,
                *sides,
                one.currency,
                one.order,
                one.reference,
                one.memo,
            ]


def plain_text(journal: Iterable[Entry]) -> str:
    """The journal format of hledger and Ledger (hledger.org, "hledger manual", journal format)."""
    return "\n".join(_transaction(one) for one in journal)


def _transaction(one: Entry) -> str:
    lines = [f"{one.on.isoformat()} * ({one.number}) {one.memo}  ; order:{one.order}, stripe:{one.reference}"]
    lines += [
        f"    {posting.account}  {_figure(posting.cents, one.currency)} {one.currency}" for posting in one.postings
    ]
    return "\n".join(lines) + "\n"


def _figure(cents: int, currency: str) -> str:
    amount: Decimal = Money(cents, currency).decimal
    return f"{amount:f}"
