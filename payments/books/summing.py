"""Adding up the ledger of money, by day or month in the school's own zone, each currency for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Select, cast, exists, func, select

from foundation.db import db
from foundation.money import Money
from payments.models import EntryKind, MoneyEntry

K = EntryKind


@dataclass(frozen=True, slots=True)
class Row:
    """One day or month in one currency; every figure in the currency's smallest unit, signed from the school's side.

    `tax` is what of it belongs to the tax office; it lies within the other figures.
    """

    on: date
    currency: str
    charged: int
    transferred: int
    refunded: int
    disputed: int
    fees: int
    tax: int = 0

    @property
    def net(self) -> int:
        return self.charged + self.transferred + self.refunded + self.disputed + self.fees

    def money(self, name: str) -> Money:
        return Money(getattr(self, name), self.currency)


COLUMNS = {
    "charged": (K.CHARGE,),
    "transferred": (K.TRANSFER,),
    "refunded": (K.REFUND, K.REFUND_FAILED, K.TRANSFER_BACK),
    "disputed": (K.DISPUTE, K.DISPUTE_WON, K.DISPUTE_LOST),
    "fees": (K.FEE,),
}


def by_day(first: date, last: date, zone: str) -> list[Row]:
    """The days with movements from `first` to `last`, both included, oldest first; one statement."""
    return _rows("day", first, last, zone)


def by_month(first: date, last: date, zone: str) -> list[Row]:
    """The same, month by month; `on` is a month's first day."""
    return _rows("month", first, last, zone)


def totals(rows: list[Row]) -> list[Row]:
    """One row a currency, which sums the rows."""
    names = (*COLUMNS, "tax")
    found = {}
    for currency in sorted({row.currency for row in rows}):
        mine = [row for row in rows if row.currency == currency]
        found[currency] = Row(mine[0].on, currency, *(sum(getattr(row, name) for row in mine) for name in names))
    return list(found.values())


def entries(first: date, last: date, zone: str) -> Select[Any]:
    """Every line of the ledger in a period, oldest first."""
    return select(MoneyEntry).where(*_within(first, last, zone)).order_by(MoneyEntry.at, MoneyEntry.id)


def has_earlier(first: date, zone: str) -> bool:
    """Whether any money moved before a day."""
    start = datetime.combine(first, time(), ZoneInfo(zone))
    return bool(db.session.scalar(select(exists().where(MoneyEntry.at < start))))


def _within(first: date, last: date, zone: str) -> tuple[Any, Any]:
    here = ZoneInfo(zone)
    start = datetime.combine(first, time(), here)
    end = datetime.combine(date.fromordinal(last.toordinal() + 1), time(), here)
    return MoneyEntry.at >= start, MoneyEntry.at < end


def _rows(unit: str, first: date, last: date, zone: str) -> list[Row]:
    on = cast(func.date_trunc(unit, func.timezone(zone, MoneyEntry.at)), Date).label("on")
    sums = [
        func.coalesce(func.sum(MoneyEntry.cents).filter(MoneyEntry.kind.in_(kinds)), 0) for kinds in COLUMNS.values()
    ]
    sums.append(func.coalesce(func.sum(MoneyEntry.tax_cents), 0))
    query = select(on, MoneyEntry.currency, *sums).where(*_within(first, last, zone))
    found = db.session.execute(query.group_by(on, MoneyEntry.currency).order_by(on, MoneyEntry.currency))
    return [Row(row[0], row[1], *map(int, row[2:])) for row in found]
