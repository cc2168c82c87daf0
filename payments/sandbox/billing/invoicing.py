"""The life of an invoice: draft, open, paid or uncollectible, with Stripe's tries to take the money."""

from payments.sandbox import paying, payment_intents
from payments.sandbox.billing import invoice_building
from payments.sandbox.billing.spans import DAY, HOUR
from payments.sandbox.errors import ApiError, invalid
from payments.sandbox.events import emit
from payments.sandbox.store import Json, Work

RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)
"""Pauses between the tries to take a renewal's money; after the last, nothing is tried by itself."""


def finalize(work: Work, invoice: Json) -> Json:
    """A draft becomes a bill with a number. Raises ApiError on anything but a draft."""
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = work.get("customer", invoice["customer"])
    serial = customer["next_invoice_sequence"]
    work.save(customer | {"next_invoice_sequence": serial + 1})
    page = f"{work.base_url}/i/{invoice['id']}"
    invoice |= {
        "status": "open",
        "number": f"{customer['invoice_prefix']}-{serial:04d}",
        "hosted_invoice_url": page,
        "invoice_pdf": f"{page}/pdf",
        "effective_at": work.now,
        "automatically_finalizes_at": None,
        "auto_advance": True,
    }
    invoice["status_transitions"] |= {"finalized_at": work.now}
    work.forget(invoice["id"], "due_at")
    emit(work, "invoice.finalized", work.save(invoice))
    return invoice


def collect(work: Work, invoice: Json) -> Json:
    """One automatic try with the card on file. A decline is told by events, and the next try is planned."""
    if invoice["amount_due"] == 0:
        return mark_paid(work, invoice, None)
    method = method_of(work, invoice)
    if method is None:
        return _failed(work, invoice, None)
    try:
        return pay(work, invoice, method, off_session=True)
    except ApiError as error:
        if not error.keeps_work:
            raise
        return work.get("invoice", invoice["id"])


def method_of(work: Work, invoice: Json) -> Json | None:
    """The subscription's own card, else the customer's."""
    subscription = work.find(subscription_id(invoice) or "") or {}
    customer = work.get("customer", invoice["customer"])
    known = (
        subscription.get("default_payment_method"),
        customer["invoice_settings"]["default_payment_method"],
        work.private(customer["id"]).get("method"),
    )
    return next((work.find(id_) for id_ in known if id_), None)


def pay(work: Work, invoice: Json, method: Json, *, off_session: bool) -> Json:
    """Try one card. Raises a card error when it is declined; that keeps what was written about it."""
    if invoice["status"] not in {"open", "uncollectible"}:
        paid = invoice["status"] == "paid"
        raise invalid("Invoice is already paid" if paid else f"This invoice is {invoice['status']}.")
    intent = _intent(work, invoice)
    try:
        paying.confirm(work, intent, method, off_session=off_session)
    except ApiError as error:
        if error.keeps_work:
            _failed(work, invoice, intent)
        raise
    return follow(work, intent)


def _intent(work: Work, invoice: Json) -> Json:
    """The invoice's PaymentIntent; made at the first try. It carries no metadata of the subscription, as at Stripe."""
    known = work.private(invoice["id"]).get("intent")
    if known and work.get("payment_intent", known)["status"] in paying.OPEN:
        return work.get("payment_intent", known)
    given: Json = {"customer": invoice["customer"], "description": "Subscription update"}
    intent = payment_intents.make(work, invoice["amount_due"], invoice["currency"], ["card"], given)
    link(work, invoice, intent)
    return intent


def link(work: Work, invoice: Json, intent: Json) -> None:
    """An invoice and the intent that pays it, and the InvoicePayment between them."""
    work.note(intent["id"], invoice=invoice["id"])
    payment = invoice_building.payment(work, invoice, intent["id"])
    work.note(invoice["id"], intent=intent["id"], payment=payment["id"])


def follow(work: Work, intent: Json) -> Json:
    """Moves an invoice to where its intent is. To do it twice changes nothing."""
    invoice = work.get("invoice", work.private(intent["id"])["invoice"])
    if invoice["status"] == "paid":
        return invoice
    if intent["status"] == "succeeded":
        return mark_paid(work, invoice, intent)
    if intent["status"] == "requires_action":
        return _asked(work, invoice, intent)
    return invoice


def mark_paid(work: Work, invoice: Json, intent: Json | None) -> Json:
    """All of it came."""
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": invoice["attempt_count"] + int(bool(intent)),
        "next_payment_attempt": None,
        "auto_advance": False,
        "ending_balance": 0,
    }
    invoice["status_transitions"] |= {"paid_at": work.now}
    work.forget(invoice["id"], "due_at")
    work.save(invoice)
    if payment_id := work.private(invoice["id"]).get("payment"):
        payment = work.get("invoice_payment", payment_id)
        payment |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        payment["status_transitions"] |= {"paid_at": work.now}
        emit(work, "invoice_payment.paid", work.save(payment))
    emit(work, "invoice.paid", invoice)
    emit(work, "invoice.payment_succeeded", invoice)
    _tell_subscription(work, invoice, "active")
    return invoice


def _asked(work: Work, invoice: Json, intent: Json) -> Json:
    """The bank wants the buyer's word: no failure, though Stripe tells of it under both names."""
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    work.save(invoice)
    work.forget(invoice["id"], "due_at")
    emit(work, "invoice.payment_action_required", invoice)
    emit(work, "invoice.payment_failed", invoice)
    _tell_subscription(work, invoice, "past_due")
    return invoice


def _failed(work: Work, invoice: Json, intent: Json | None) -> Json:
    tries = invoice["attempt_count"] + 1
    again = work.now + RETRIES[tries - 1] if intent and tries <= len(RETRIES) else None
    invoice |= {"attempted": True, "attempt_count": tries, "next_payment_attempt": again}
    work.save(invoice)
    if again:
        work.note(invoice["id"], due_at=again)
    else:
        work.forget(invoice["id"], "due_at")
    emit(work, "invoice.payment_failed", invoice)
    _tell_subscription(work, invoice, "past_due")
    return invoice


def mark_uncollectible(work: Work, invoice: Json) -> Json:
    if invoice["status"] != "open":
        raise invalid(f"You can only mark open invoices as uncollectible. This one is {invoice['status']}.")
    return _ended(work, invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")


def void(work: Work, invoice: Json) -> Json:
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid(f"You can only void open invoices. This one is {invoice['status']}.")
    return _ended(work, invoice, "void", "voided_at", "invoice.voided")


def _ended(work: Work, invoice: Json, status: str, moment: str, event: str) -> Json:
    invoice |= {"status": status, "next_payment_attempt": None, "auto_advance": False}
    invoice["status_transitions"] |= {moment: work.now}
    work.forget(invoice["id"], "due_at")
    emit(work, event, work.save(invoice))
    return invoice


ASIDE = {
    "keep_as_draft": {"status": "draft"},
    "mark_uncollectible": {"status": "uncollectible"},
    "void": {"status": "void"},
}


def set_aside(work: Work, invoice: Json, behavior: str) -> Json:
    """What becomes of an invoice of a time in which collection is paused; Stripe tells of it by no event
    (https://docs.stripe.com/billing/subscriptions/pause-payment)."""
    invoice |= ASIDE[behavior] | {"auto_advance": False, "automatically_finalizes_at": None}
    moments = {"void": "voided_at", "mark_uncollectible": "marked_uncollectible_at"}
    if behavior in moments:
        invoice["status_transitions"] |= {moments[behavior]: work.now}
    work.forget(invoice["id"], "due_at")
    return work.save(invoice)


def advance(work: Work, invoice: Json, on: bool | None) -> Json:
    """Stripe's own collecting of one invoice is switched off, or on again: then an hour passes before it is taken
    (https://docs.stripe.com/invoicing/integration/automatic-advancement-collection)."""
    if on is None or on == invoice["auto_advance"]:
        return invoice
    if invoice["status"] not in {"draft", "open"}:
        raise invalid(f"You can only change auto_advance of a draft or open invoice. This one is {invoice['status']}.")
    before = {"auto_advance": invoice["auto_advance"]}
    when = work.now + HOUR if on else None
    kind = "automatically_finalizes_at" if invoice["status"] == "draft" else "next_payment_attempt"
    invoice |= {"auto_advance": on, kind: when}
    if when:
        work.note(invoice["id"], due_at=when)
    else:
        work.forget(invoice["id"], "due_at")
    emit(work, "invoice.updated", work.save(invoice), before)
    return invoice


def subscription_id(invoice: Json) -> str | None:
    found: str | None = ((invoice["parent"] or {}).get("subscription_details") or {}).get("subscription")
    return found


def _tell_subscription(work: Work, invoice: Json, status: str) -> None:
    """A subscription is past due while its newest invoice is, and active again once that is paid."""
    subscription = work.find(subscription_id(invoice) or "")
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return
    before = subscription["status"]
    if before != status and before in {"active", "past_due", "incomplete", "unpaid"}:
        emit(work, "customer.subscription.updated", work.save(subscription | {"status": status}), {"status": before})
