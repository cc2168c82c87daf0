"""Staff: orders, the history of one, and what can be done about it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from enrollment import seating
from foundation.access import staff
from foundation.audit import record
from foundation.clock import now
from foundation.csvs import csv_response
from foundation.db import db
from foundation.errors import NotFound, Refused
from foundation.money import Money
from foundation.paging import paginate
from payments import deciding, gateway, letters, listing, reconciling, recounting, returning, settling, showing
from payments.changing.choosing import may_change
from payments.forms import DecidedForm, PatienceForm, WaiveForm
from payments.models import EnrollmentOrder
from payments.models.ledger import MONEY_IN, STANDS

staff_payments = Blueprint("staff_payments", __name__, url_prefix="/staff/orders")
HEADER = ["Order", "Ordered", "Name", "E-mail", "Program", "Cohort", "State", "Amount", "Currency", "Paid", "Tax"]


def _wish() -> listing.Wish:
    given = {name: request.args.get(name, "").strip()[:100] for name in ("words", "state", "cohort", "sort")}
    return listing.Wish(**{name: value for name, value in given.items() if value})


@staff_payments.get("")
@staff("finance")
def orders() -> str | Response:
    wish = _wish()
    if request.args.get("format") == "csv":
        return csv_response("orders.csv", HEADER, (_row(*found) for found in listing.with_tax(wish)))
    page = paginate(listing.orders(wish), request.args.get("page", 1, type=int))
    return render_template(
        "staff/payments/orders.html",
        page=page,
        wish=wish,
        limbo=(limbo := listing.in_limbo()),
        counts=listing.totals(),
        stands={one.id: showing.standing(one) for one in (*page.items, *limbo)},
        state_choices=[("", "Any state"), *((state, word) for word, state in _states().items())],
        heads=_heads(wish),
        page_url=lambda number: url_for("staff_payments.orders", **wish.parts(page=number)),
    )


COLUMNS = (("Ordered", "ordered"), ("Name", "name"), ("Cohort", ""), ("State", "state"), ("Amount", "amount"))


def _states() -> dict[str, str]:
    """By their word, the states that the list can show; two that read the same are one choice."""
    return {word: str(state) for state, (word, _) in showing.WORDS.items()}


def _heads(wish: listing.Wish) -> list[dict[str, object]]:
    """The table's head: each column that sorts is a link that turns the order round."""
    heads: list[dict[str, object]] = []
    for label, name in COLUMNS:
        head: dict[str, object] = {"label": label, "numeric": name == "amount"}
        if name:
            down = wish.sort == f"-{name}"
            head["href"] = url_for("staff_payments.orders", **wish.parts(sort=name if down else f"-{name}"))
            head["sorted"] = "descending" if down else "ascending" if wish.sort == name else ""
        heads.append(head)
    return heads


def _row(order: EnrollmentOrder, tax_cents: int) -> list[str]:
    amount, tax = (f"{Money(cents, order.currency).decimal:f}" for cents in (order.amount_cents, tax_cents))
    paid = order.paid_at.isoformat() if order.paid_at else ""
    user, cohort = order.user, order.cohort
    who = [order.public_id, order.created_at.isoformat(), user.name, user.email]
    return [*who, cohort.program.title, cohort.code, str(order.state), amount, order.currency, paid, tax]


def _order(public_id: str) -> EnrollmentOrder:
    found = listing.by_public_id(public_id)
    if found is None:
        raise NotFound
    return found


@staff_payments.get("/<public_id>")
@staff("finance")
def order(public_id: str) -> str:
    return order_page(_order(public_id))


def order_page(found: EnrollmentOrder, *, patience: PatienceForm | None = None, note: DecidedForm | None = None) -> str:
    """Everything about one order; forms that were refused stand in it as they were sent."""
    kept = listing.history(found)
    came = sum(e.cents for e in kept.entries if e.kind in MONEY_IN)
    left = came - sum(r.cents for r in kept.refunds if r.state in STANDS)
    sent = letters.about(found)
    return render_template(
        "staff/payments/order.html",
        order=found,
        kept=kept,
        left=Money(left, found.currency),
        moments=recounting.moments(kept.lines, sent),
        kinds=recounting.KINDS,
        credit_notes=found.credit_notes,
        receipts=found.receipts,
        parts=showing.parts(found),
        waive_form=WaiveForm(formdata=None),
        patience_form=patience or PatienceForm(formdata=None, until=found.patience_until),
        decided_form=note or DecidedForm(formdata=None),
        may_change=may_change(found),
        stands=showing.standing(found),
    )


@staff_payments.post("/<public_id>/settle")
@staff("finance")
def settle(public_id: str) -> Response:
    """Ask Stripe now, and bring the order to where it says."""
    found = _order(public_id)
    was = found.state
    try:
        found = reconciling.check(found.id, at=now())
        changed = f"It was {was}, it is {found.state}." if found.state != was else "Nothing had changed."
        flash(f"Stripe was asked. {changed}", "good")
    except (gateway.GatewayDown, gateway.GatewayRefused) as error:
        db.session.rollback()
        flash(f"Stripe could not be asked: {error}", "bad")
    db.session.commit()
    return _back(public_id)


@staff_payments.post("/<public_id>/seat")
@staff("finance", "registrar")
def seat(public_id: str) -> Response:
    """A seat for somebody who has paid and has none."""
    found = _order(public_id)
    try:
        settling.give_seat(found.id, actor=current_user, at=now())
        flash("Seated. The receipt and the welcome letter are on their way.", "good")
    except (Refused, seating.SoldOut) as refused:
        db.session.rollback()
        flash(refused.message, "bad")
    db.session.commit()
    return _back(public_id)


@staff_payments.post("/<public_id>/decided")
@staff("finance")
def decided(public_id: str) -> Response | tuple[str, int]:
    """What was put before staff about this order is settled; the note says how."""
    found, form = _order(public_id), DecidedForm()
    if not form.validate_on_submit():
        return order_page(found, note=form), 422
    if deciding.close(found, actor=current_user, note=str(form.note.data), at=now()):
        flash("Closed, with your note.", "good")
    db.session.commit()
    return _back(public_id)


@staff_payments.post("/<public_id>/receipt")
@staff("finance")
def resend(public_id: str) -> Response:
    """A receipt or a credit note once more, by its number; without one, the first receipt."""
    found, paper = _order(public_id), request.form.get("paper", "")
    if letters.again(found, paper, at=now()) is None:
        flash("There is no such paper yet.", "bad")
    else:
        record(
            "paper.sent_again", subject=found, actor=current_user, at=now(), number=paper or found.receipts[0].number
        )
        flash(f"{paper or 'The receipt'} is on its way to {found.user.email} once more.", "good")
    db.session.commit()
    return returning.back(found, "papers" if paper else None)


def _back(public_id: str) -> Response:
    return redirect(url_for("staff_payments.order", public_id=public_id), 303)
