"""Staff: money goes back. The rules of the order propose the sum and say why; another sum needs a reason."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation.access import staff
from foundation.audit import record
from foundation.clock import now
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.money import read_money
from payments import leaving, listing, proposing, refunding, returning, sending_back
from payments.employers.forms import SentBackForm
from payments.forms import RefundForm
from payments.models import EnrollmentOrder, OrderState, Refund
from payments.plans.waive_views import staff_payments
from payments.proposing import Proposal


def _order(public_id: str) -> EnrollmentOrder:
    found = listing.by_public_id(public_id)
    if found is None:
        raise NotFound
    return found


def _day(order: EnrollmentOrder) -> date:
    """The day they asked on: today in the cohort's zone, or an earlier one that staff name."""
    here = now().astimezone(order.cohort.zone).date()
    try:
        return min(date.fromisoformat(request.values.get("on", "")), here)
    except ValueError:
        return here


@staff_payments.get("/<public_id>/refund")
@staff("finance")
def refund(public_id: str) -> str:
    found = _order(public_id)
    proposal = proposing.propose(found, on=_day(found))
    back = proposal.back
    amount = f"{back.decimal.normalize():f}" if back.cents else ""
    form = RefundForm(formdata=None, amount=amount, leaves=found.state != OrderState.PAID_NO_SEAT)
    return _page(found, form, proposal)


def _page(found: EnrollmentOrder, form: RefundForm, proposal: Proposal) -> str:
    form.on.data, form.left.data = proposal.outcome.on.isoformat(), str(proposal.left.cents)
    return render_template("staff/payments/refund.html", order=found, form=form, proposal=proposal, left=proposal.left)


@staff_payments.post("/<public_id>/refund")
@staff("finance")
def send_refund(public_id: str) -> str | Response | tuple[str, int]:
    found, form = _order(public_id), RefundForm()
    proposal = proposing.propose(found, on=_day(found))
    try:
        if not form.validate():
            return _page(found, form, proposal), 422
        asked = _ask(found, form, proposal)
    except Refused as refused:
        db.session.rollback()
        form.refuse(refused)
        return _page(_order(public_id), form, proposal), 422
    db.session.commit()
    sending = sending_back.Sending(asked)
    for _ in sending.steps(at=now()):
        db.session.commit()
    for words, tone in sending.told:
        flash(words, tone)
    return redirect(url_for("staff_payments.order", public_id=public_id), 303)


@staff_payments.post("/<public_id>/refunds/<int:refund_id>/sent")
@staff("finance")
def sent_back(public_id: str, refund_id: int) -> Response:
    """Staff have sent a refund back by bank transfer; the reference says which transfer it was."""
    found, form = _order(public_id), SentBackForm()
    asked = next((one for one in found.refunds if one.id == refund_id and one.is_by_bank), None)
    if asked is None:
        raise NotFound
    if form.validate_on_submit():
        refunding.sent_by_bank(asked, str(form.reference.data), actor=current_user, at=now())
        db.session.commit()
        flash(f"{asked.amount} sent back by bank transfer.", "good")
    else:
        flash("Name the transfer; the reference stays in the history.", "bad")
    return returning.back(found)


def _ask(order: EnrollmentOrder, form: RefundForm, proposal: Proposal) -> list[Refund]:
    """Write the refund down. Raises Refused beside the field."""
    try:
        wanted = read_money(str(form.amount.data), order.currency)
    except ValueError as wrong:
        raise Refused(str(wrong), "amount") from None
    reason, at = str(form.reason.data or ""), now()
    if wanted != proposal.back and not reason:
        raise Refused(f"The rules give {proposal.back}. Say why it is another sum.", "reason")
    reason_kept = reason or f"By the rules. {proposal.outcome.why}"
    asked = refunding.ask(order.id, wanted.cents, reason=reason_kept, actor=current_user, at=at, seen=form.seen)
    if wanted != proposal.back:
        facts = {"rules": proposal.back.shown(), "cents": wanted.cents, "on": proposal.outcome.on.isoformat()}
        record("refund.differs", subject=order, actor=current_user, at=at, **facts)
    if form.leaves.data:
        leaving.leave(order, reason=reason or "Left, refunded by the rules", actor=current_user, at=at)
    return asked


__all__ = ["staff_payments"]
