"""The tables of what is paid: orders, the ledger of money, and the inbox of Stripe's events."""

from payments.models.agreements import PublishedAgreement
from payments.models.changes import CHANGE_MOVES, ChangeKind, ChangeState, EnrollmentChange
from payments.models.credits import CreditNote, CreditNoteCounter
from payments.models.disputes import Dispute
from payments.models.dues import DUE_MOVES, DueKind, DueState, OrderDue, Payment
from payments.models.inbox import EventState, StripeEvent
from payments.models.invoices import INVOICE_MOVES, Invoice, InvoiceCounter, InvoiceState
from payments.models.ledger import (
    EntryKind,
    MoneyEntry,
    Receipt,
    ReceiptCounter,
    Refund,
    RefundState,
)
from payments.models.orders import (
    ATTEMPT_MOVES,
    ORDER_MOVES,
    AttemptState,
    CheckoutAttempt,
    EnrollmentOrder,
    OrderState,
    PlanKind,
)
from payments.models.prices import CodeUse, PricePlan, PromotionCode
from payments.models.rests import PlanRest
from payments.models.terms import OrderTerms
from payments.models.waivers import Waiver, WaiverKind

__all__ = [
    "ATTEMPT_MOVES",
    "CHANGE_MOVES",
    "DUE_MOVES",
    "INVOICE_MOVES",
    "ORDER_MOVES",
    "AttemptState",
    "ChangeKind",
    "ChangeState",
    "CheckoutAttempt",
    "CodeUse",
    "CreditNote",
    "CreditNoteCounter",
    "Dispute",
    "DueKind",
    "DueState",
    "EnrollmentChange",
    "EnrollmentOrder",
    "EntryKind",
    "EventState",
    "Invoice",
    "InvoiceCounter",
    "InvoiceState",
    "MoneyEntry",
    "OrderDue",
    "OrderState",
    "OrderTerms",
    "Payment",
    "PlanKind",
    "PlanRest",
    "PricePlan",
    "PromotionCode",
    "PublishedAgreement",
    "Receipt",
    "ReceiptCounter",
    "Refund",
    "RefundState",
    "StripeEvent",
    "Waiver",
    "WaiverKind",
]
