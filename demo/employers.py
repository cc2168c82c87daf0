"""Chapter: two employers who pay by invoice, one of them in parts."""

from __future__ import annotations

from datetime import datetime

from demo.people import person
from enrollment.models import Cohort
from foundation.db import db
from payments import agreeing, ordering
from payments.employers import beginning, recording
from payments.employers.issuing import Bill
from payments.models import Invoice, PlanKind, PricePlan

BILLS = {
    "ana-lucia-quispe-mamani": Bill(
        "Puente Interpreters", "Calle Sagárnaga 118\nLa Paz", "NIT 1020304050", "OC-2291", "cuentas.puente@example.com"
    ),
    "amelie-ndiaye-grunwald": Bill(
        "Gewerkschaft Mitte e. V.", "Oranienstraße 9\n10999 Berlin", "", "B-77/26", "buchhaltung.mitte@example.com"
    ),
}


def send_invoices(at: datetime) -> None:
    """Both are for the Rowan cohort; a part of the first has come."""
    cohort = db.session.query(Cohort).filter_by(code="rowan").one()
    plan = db.session.query(PricePlan).filter_by(cohort_id=cohort.id, kind=PlanKind.INVOICE).one()
    made = [_order(key, bill, cohort, plan, at) for key, bill in BILLS.items()]
    told = recording.Transfer(150000, at.date(), "OC-2291 first half")
    recording.take_in(made[0].id, told, seen=0, actor=person("ingrid-solheim-achebe"), at=at)


def _order(key: str, bill: Bill, cohort: Cohort, plan: PricePlan, at: datetime) -> Invoice:
    version = agreeing.current().version
    order = ordering.place(person(key), cohort, agreement_version=version, plan=plan.public_id, bill=bill, at=at)
    beginning.begin(order.id, at=at)
    return db.session.query(Invoice).filter_by(order_id=order.id).one()
