"""The tables of what is paid: orders, the ledger of money, and the inbox of Stripe's events."""

from payments.models.credits import CreditNote, CreditNoteCounter
from payments.models.inbox import EventState, StripeEvent
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
)

__all__ = [
    "ATTEMPT_MOVES",
    "ORDER_MOVES",
    "AttemptState",
    "CheckoutAttempt",
    "CreditNote",
    "CreditNoteCounter",
    "EnrollmentOrder",
    "EntryKind",
    "EventState",
    "MoneyEntry",
    "OrderState",
    "Receipt",
    "ReceiptCounter",
    "Refund",
    "RefundState",
    "StripeEvent",
]
