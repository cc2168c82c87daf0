"""The tables of hours: the ledger and its reviews, the coaching log, mentor coaching, certificates."""

from credentials.models.certificate import Certificate, CertificateRevocation
from credentials.models.coaching import Client, CoachingSession, Consent, Format, Payment
from credentials.models.ledger import Kind, LedgerEntry
from credentials.models.mentor import Mentor, MentorCredential, MentorSession
from credentials.models.review import REVIEW_MOVES, LedgerReview, ReviewDecision, ReviewState, SecondLook

__all__ = [
    "REVIEW_MOVES",
    "Certificate",
    "CertificateRevocation",
    "Client",
    "CoachingSession",
    "Consent",
    "Format",
    "Kind",
    "LedgerEntry",
    "LedgerReview",
    "Mentor",
    "MentorCredential",
    "MentorSession",
    "Payment",
    "ReviewDecision",
    "ReviewState",
    "SecondLook",
]
