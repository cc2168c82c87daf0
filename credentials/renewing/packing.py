"""A renewal as one zip: the list of units, and each document under the number of its line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import undefer

from credentials.models import CceDocument
from credentials.renewing.counting import Wallet
from credentials.renewing.listing import HEADER, rows_of
from credentials.renewing.timing import Clock
from foundation.csvs import neutral
from foundation.db import db

SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def renewal_pack(wallet: Wallet, clock: Clock | None) -> bytes:
    """`units.csv` with a column of file names, and the files."""
    rows, out, listed = rows_of(wallet, clock), io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for number, row in enumerate(rows, 1):
            names = []
            for place, document in enumerate(_with_bytes(row.documents), 1):
                names.append(f"documents/{number:03}-{place}.{SUFFIXES[document.media_type]}")
                pack.writestr(names[-1], document.content)
            listed.append([number, *row.cells, "; ".join(names)])
        pack.writestr("units.csv", _csv(["Number", *HEADER, "Files"], listed))
    return out.getvalue()


def _with_bytes(documents: Sequence[CceDocument]) -> list[CceDocument]:
    ids = [one.id for one in documents]
    if not ids:
        return []
    query = select(CceDocument).where(CceDocument.id.in_(ids)).options(undefer(CceDocument.content))
    return list(db.session.scalars(query.order_by(CceDocument.id).execution_options(populate_existing=True)))


def _csv(header: list[str], rows: list[list[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")
