"""What people write for paid, for a group, for consent."""

from __future__ import annotations

from credentials.coaching_log.importing.headings import plain
from credentials.models import Consent, Format, Payment

PAYMENTS = {
    Payment.PRO_BONO: (
        "pro bono|probono|pb|free|unpaid|volunteer|voluntary|donated|gratis|non paid|not paid|"
        "complimentary|no charge|no fee|without fee|for free|unbezahlt|kostenlos"
    ),
    Payment.PAID: "paid|pd|fee|paying|bezahlt|client pays|self paid|paid by client|pagado|paye|payant",
    Payment.BARTER: "barter|bartered|trade|in kind|exchange of services|goods or services",
    Payment.INTERNAL: "internal|internal client|employer|in house|employee|as part of my job",
    Payment.THIRD_PARTY: (
        "third party|3rd party|sponsored|sponsor|organisation|organization|organisation pays|"
        "organization pays|company|company paid|corporate|paid by company|paid by organisation|"
        "paid by organization|third party paid"
    ),
    Payment.PEER_EXCHANGE: "peer|peer exchange|peer coaching|reciprocal|reciprocal peer|exchange|swap",
}
FORMATS = {
    Format.INDIVIDUAL: (
        "individual|i|ind|indiv|1 1|1 on 1|one to one|one on one|one|single|personal|1 to 1|1|private|"
        "einzel|individuell"
    ),
    Format.GROUP: "group|g|grp|team|groups|group coaching|team coaching|gruppe|grupo|groupe",
}
CONSENTS = {
    Consent.REFUSED: "no|n|refused|declined|not given|does not agree|false",
    Consent.LETTER: ("letter|covered by letter|organisation s letter|organisation letter|verification letter"),
}
PAYMENT_OF = {word: payment for payment, words in PAYMENTS.items() for word in words.split("|")}
FORMAT_OF = {word: kind for kind, words in FORMATS.items() for word in words.split("|")}
CONSENT_OF = {word: consent for consent, words in CONSENTS.items() for word in words.split("|")}
YES, NO = {"yes", "y", "true", "1", "x", "ja", "si", "oui", "✓"}, {"no", "n", "false", "0", "nein", "non"}


def payment_in(text: str, title: str) -> Payment | None:
    """How it was paid; `yes` and `no` answer what the column's title asks."""
    words = plain(text) or text.strip()
    if words in PAYMENT_OF:
        return PAYMENT_OF[words]
    asked_pro_bono = (
        plain(title).startswith(("pro bono", "probono", "unpaid")) and "paid" not in plain(title).split()[1:]
    )
    if words in YES:
        return Payment.PRO_BONO if asked_pro_bono else Payment.PAID
    if words in NO:
        return Payment.PAID if asked_pro_bono else Payment.PRO_BONO
    return next(
        (payment for payment in PAYMENTS if any(w in words for w in PAYMENTS[payment].split("|") if len(w) > 4)), None
    )


def charged(fee: str) -> Payment | None:
    """What a column of fees says: a sum is paid, a nought pro bono; an empty cell says nothing."""
    if not any(sign.isdigit() for sign in fee):
        return payment_in(fee, "") if fee else None
    return Payment.PAID if any(sign in "123456789" for sign in fee) else Payment.PRO_BONO


def format_in(text: str) -> Format | None:
    """One person or a group: `Group (5)` and `Team of 4` are groups."""
    words = plain(text)
    if words in FORMAT_OF:
        return FORMAT_OF[words]
    return next((FORMAT_OF[word] for word in words.split() if word in FORMAT_OF and len(word) > 2), None)


def consent_in(text: str) -> Consent:
    """What the file says of consent. A log only lists who agreed, so silence is consent without a day."""
    return CONSENT_OF.get(plain(text), Consent.GIVEN)
