"""Recounting: what happened to an order, from the audit log and its letters, in words for staff."""

from __future__ import annotations

from typing import Any

from foundation.audit import AuditLine
from foundation.filters import shown_datetime
from mail.models import Letter
from payments.models import OrderState
from payments.showing import STUCK, WORDS

KINDS = {
    "charge": "Payment",
    "fee": "Stripe's fee",
    "refund": "Refund",
    "refund_failed": "Refund came back",
    "dispute": "Dispute",
    "dispute_won": "Dispute won",
    "transfer": "Bank transfer",
    "transfer_back": "Refund by bank transfer",
}
VERBS = {
    "order.placed": "Ordered",
    "order.session_refused": "A payment of another order was presented",
    "order.paid_twice": "Paid a second time",
    "checkout.refused": "Stripe refused to open a payment page",
    "refund.asked": "Refund asked for",
    "refund.found": "Refund found at Stripe",
    "refund.sent_by_bank": "Sent back by bank transfer",
    "refund.refused": "Stripe refused a refund",
    "refund.differs": "Another sum than the rules give",
    "change.asked": "A change was asked for",
    "change.done": "A change was made",
    "change.declined": "A change was declined",
    "change.taken_back": "A change was taken back",
    "credit_note.issued": "Credit note issued",
    "order.code_used": "Code used",
    "paper.sent_again": "Sent once more",
    "due.paid": "A part was paid",
    "invoice.issued": "Invoice sent",
    "invoice.transfer": "A bank transfer was written down",
    "invoice.cancelled": "The invoice was cancelled",
    "due.waived": "A part was waived",
    "due.asked_again": "A waiver was taken back",
    "dispute.heard": "The bank's dispute",
    "due.failed": "An instalment did not go through",
    "plan.scheduled": "The plan has its end",
    "plan.ended": "The plan ended at Stripe",
    "plan.rests": "Instalments rest at Stripe",
    "plan.put_off": "The days of the instalments are later",
    "plan.goes_on": "Instalments are charged again",
    "plan.too_late": "An instalment was charged after the end",
    "plan.surplus": "An instalment too many was charged",
    "plan.patience": "We wait with what follows",
}
FACTS = {
    "agreement": "Agreement {}",
    "reason": "Reason: {}",
    "fault": "{}",
    "code": "Code {}",
    "status": "{}",
    "number": "{}",
    "rules": "The rules give {}",
}
LETTERS = {
    "order.paid": "receipt",
    "enrollment.welcome": "welcome",
    "order.paid_no_seat": "paid, but the cohort is full",
    "order.paid_twice": "paid a second time",
    "order.processing": "payment on its way",
    "order.failed": "payment failed",
    "order.refunded": "refund",
    "order.refund_failed": "refund came back",
    "due.paid": "receipt for a part",
    "order.invoiced": "the invoice is on its way",
    "order.invoice_late": "the invoice is overdue",
    "invoice.sent": "the invoice",
    "invoice.reminder": "reminder of the invoice",
    "invoice.received": "a transfer has arrived",
    "invoice.cancelled": "the invoice is cancelled",
    "enrollment.left": "left the course",
    "enrollment.moved": "moved to another cohort",
    "enrollment.deferred": "a break",
    "change.declined": "a change was declined",
    "due.failed": "a part did not go through",
    "order.lost": "dispute lost",
    "due.confirm": "the bank asks for the buyer's word",
    "due.soon": "a part is due soon",
    "due.missed": "a part was missed",
    "plan.goes_on": "instalments go on",
    "cohort.called_off": "the cohort is called off",
    "cohort.reminded": "reminder to choose another cohort or the money back",
    "access.read_only": "the course can be read only",
    "access.closed": "the course is closed",
    "access.restored": "the course is open again",
}


def moments(lines: list[tuple[AuditLine, str | None]], letters: list[Letter]) -> list[dict[str, Any]]:
    """The audit log and the letters of an order as one story, newest first."""
    told = [(line.at, _audit(line, name)) for line, name in lines]
    told += [(letter.sent_at or letter.promised_at, letter_line(letter)) for letter in letters]
    return [{"when": shown_datetime(at), **what} for at, what in sorted(told, key=lambda pair: pair[0], reverse=True)]


def _audit(line: AuditLine, name: str | None) -> dict[str, Any]:
    state = line.verb.removeprefix("order.")
    title = VERBS.get(line.verb) or (WORDS[OrderState(state)][0] if state in set(OrderState) else line.verb)
    said = [text.format(line.facts[key]) for key, text in FACTS.items() if key in line.facts]
    return {"title": title, "by": name, "text": ". ".join(said) or None}


def letter_line(letter: Letter) -> dict[str, Any]:
    """A letter as a line of a history."""
    bad = letter.state in STUCK
    title = f"Letter {letter.state}: {LETTERS.get(letter.kind, letter.kind)}"
    return {"title": title, "by": None, "text": letter.subject, "tone": "bad" if bad else None}
