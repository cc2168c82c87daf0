"""Stripe's test cards and test accounts, and what each does (https://docs.stripe.com/testing)."""

from dataclasses import dataclass

PAYS = "pays"
ASKS = "asks"
"""Asks for 3-D Secure while the buyer is there."""
ASKS_EACH_TIME = "asks_each_time"
"""Asks for 3-D Secure at every charge, also at a renewal."""
ATTACHES = "attaches_then_declines"
"""Can be kept on file, and is declined whenever it is charged."""
DISPUTED, INQUIRED, NOT_RECEIVED, WARNED = "disputed", "inquired", "not_received", "warned"
"""Pays; then the bank disputes, asks, disputes as not received, or warns of fraud."""
REFUND_FAILS = "refund_fails"

DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "fraudulent": ("card_declined", "Your card was declined."),
    "card_velocity_exceeded": (
        "card_declined",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    ),
    "test_mode_live_card": (
        "card_declined",
        "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid "
        "test cards, visit: https://stripe.com/docs/testing.",
    ),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_failed": (
        "payment_intent_authentication_failure",
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    ),
}

CARDS = {
    "4242424242424242": PAYS,
    "5555555555554444": PAYS,
    "378282246310005": PAYS,
    "4000056655665556": PAYS,
    "4000002500003155": ASKS,
    "4000002760003184": ASKS_EACH_TIME,
    "4000000000003220": ASKS,
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4100000000000019": "fraudulent",
    "4000000000006975": "card_velocity_exceeded",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4000000000005126": REFUND_FAILS,
    "4000000000000341": ATTACHES,
    "4000000000000259": DISPUTED,
    "4000000000001976": INQUIRED,
    "4000000000002685": NOT_RECEIVED,
    "4000000000005423": WARNED,
}

NAMED = {
    "visa": "4242424242424242",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "visa_debit": "4000056655665556",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedProcessingError": "4000000000000119",
    "threeDSecureRequired": "4000002500003155",
    "threeDSecure2Required": "4000002500003155",
    "authenticationRequired": "4000002760003184",
    "chargeCustomerFail": "4000000000000341",
    "createDispute": "4000000000000259",
    "createDisputeInquiry": "4000000000001976",
    "createDisputeProductNotReceived": "4000000000002685",
    "createIssuerFraudRecord": "4000000000005423",
    "refundFail": "4000000000005126",
}
"""The names behind Stripe's `pm_card_…` and `tok_…`."""

CLEARS = "clears"
FAILS = "fails"
ACCOUNTS = {
    "AT611904300234573201": CLEARS,
    "DE89370400440532013000": CLEARS,
    "AT861904300235473202": FAILS,
    "DE62370400440532013001": FAILS,
    "IT60X0542811101000000123456": FAILS,
    "000123456789": CLEARS,
    "000222222227": FAILS,
}


@dataclass(frozen=True)
class Card:
    number: str
    month: int
    year: int
    cvc: str

    @property
    def brand(self) -> str:
        if self.number.startswith(("34", "37")):
            return "amex"
        return "mastercard" if self.number.startswith("5") else "visa"

    @property
    def behaviour(self) -> str:
        return CARDS.get(self.number, "test_mode_live_card")


def luhn(number: str) -> bool:
    """The check digit of every card number (ISO/IEC 7812-1)."""
    if not number.isascii() or not number.isdigit() or not 13 <= len(number) <= 19:
        return False
    digits = [int(char) for char in reversed(number)]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0


def iban_is_right(text: str) -> bool:
    """ISO 13616: the rearranged number leaves 1 when divided by 97."""
    if not text.isascii() or not text.isalnum() or not 15 <= len(text) <= 34:
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
