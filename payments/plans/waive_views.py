"""Staff: let go of a part of what somebody owes, all of it, a sum or a share, with a name and a reason."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import staff
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from payments import asking, gateway, listing, ordering, owing, paying, returning, waiving
from payments.forms import LetGoForm
from payments.models import EnrollmentOrder, OrderDue, WaiverKind
from payments.plans import arrears
from payments.plans.staff_views import staff_payments
from payments.pricing.forms import cents_of

Page = str | Response | tuple[str, int]


def _part(public_id: str, number: int) -> tuple[EnrollmentOrder, OrderDue]:
    order = listing.by_public_id(public_id)
    due = next((one for one in owing.dues_of(order.id) if one.number == number), None) if order else None
    if order is None or due is None or number < 2:
        raise NotFound
    return order, due


def _page(order: EnrollmentOrder, due: OrderDue, form: LetGoForm) -> str:
    form.back.data = form.back.data or request.args.get("back", "")[:10]
    part = asking.part(order, due).removeprefix(", ")
    return render_template("staff/payments/let_go.html", order=order, due=due, part=part, form=form)


@staff_payments.get("/<public_id>/parts/<int:number>/let-go")
@staff("finance")
def let_go(public_id: str, number: int) -> str:
    order, due = _part(public_id, number)
    return _page(order, due, LetGoForm(formdata=None))


@staff_payments.post("/<public_id>/parts/<int:number>/let-go")
@staff("finance")
def let_go_of(public_id: str, number: int) -> Page:
    """A payment page that is open for the old sum is ended first, so that nobody pays what is not due any more."""
    (order, due), form = _part(public_id, number), LetGoForm()
    try:
        if not form.validate():
            return _page(order, due, form), 422
        paying.close_page(order.id, number, at=now())
        due = _let_go(ordering.locked(order.id), number, form)
    except gateway.GatewayDown:
        db.session.rollback()
        form.refuse(
            Refused("Stripe does not answer, and the payment page is still open. Try again in a minute.", "how")
        )
        return _page(*_part(public_id, number), form), 422
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(*_part(public_id, number), form), 422
    db.session.commit()
    flash(f"Let go. {due.amount} are still due." if due.is_open else "Let go. Nobody is asked for it any more.", "good")
    return returning.back(order, "parts")


def _let_go(order: EnrollmentOrder, number: int, form: LetGoForm) -> OrderDue:
    due = owing.due_of(order.id, number)
    db.session.refresh(due)
    facts = {"reason": str(form.reason.data), "actor": current_user, "at": now()}
    waiving.waive(due, _cents(due, form), kind=WaiverKind(form.kind.data), **facts)
    arrears.follow(order, at=now())
    return due


def _cents(due: OrderDue, form: LetGoForm) -> int | None:
    """So much; None for all of it. Raises Refused beside the field."""
    if form.how.data == "all":
        return None
    if form.how.data == "share":
        return waiving.share_of(due, form.percent.data or 0)
    return cents_of(form.amount.data, due.currency, "amount") or 0


__all__ = ["staff_payments"]
