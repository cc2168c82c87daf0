"""The tables of hours: the ledger and its reviews, the coaching log, mentor coaching, certificates."""

from credentials.models.assessment import REACH_MOVES, Assessment, Occasion, ReachState, RuleReach
from credentials.models.badge import Badge, CertificateHold, HoldSource, SigningKey
from credentials.models.brought_review import BroughtReview
from credentials.models.certificate import Certificate, CertificateKind, CertificateRevocation
from credentials.models.client_merge import ClientMerge
from credentials.models.coaching import Client, CoachingSession, Consent, Format, Payment, Relation
from credentials.models.coaching_form import (
    FORM_MOVES,
    CoachingForm,
    FormKind,
    FormSignature,
    FormState,
    FormVersion,
    SignerRole,
)
from credentials.models.confirmation import CONFIRMATION_MOVES, Confirmation, ConfirmationState
from credentials.models.ledger import Kind, LedgerEntry
from credentials.models.log_import import IMPORT_MOVES, LOOKS, UNDER_WAY, ImportState, LogImport
from credentials.models.mentor import Mentor, MentorCredential, MentorSession
from credentials.models.mentor_file import FactKind, Level, MentorFact, MentorProof
from credentials.models.pack import PACK_MOVES, AccreditationPack, PackState
from credentials.models.paper import Paper, PaperKind, SchoolKey
from credentials.models.peer import PeerHour
from credentials.models.performance import (
    SUBMISSION_MOVES,
    EvaluationSeen,
    EvaluationSubmission,
    EvaluationVerdict,
    SubmissionState,
)
from credentials.models.phone import PhoneKey
from credentials.models.prior_learning import (
    BROUGHT,
    CLAIM_MOVES,
    PARTS,
    Accreditation,
    CarriedLine,
    ClaimState,
    PriorLearning,
)
from credentials.models.review import REVIEW_MOVES, LedgerReview, ReviewDecision, ReviewState, SecondLook
from credentials.models.rulebook import DRAFT_MOVES, DraftState, RuleDraft, RuleVersion, RuleWithdrawal
from credentials.models.slot import (
    BOOKING_MOVES,
    SLOT_MOVES,
    BookingState,
    MentorBooking,
    MentorSlot,
    SlotState,
)
from credentials.models.wallet import CceDocument, CceUnit, HeldCredential, RenewalQuiet

__all__ = [
    "BOOKING_MOVES",
    "BROUGHT",
    "CLAIM_MOVES",
    "CONFIRMATION_MOVES",
    "DRAFT_MOVES",
    "FORM_MOVES",
    "IMPORT_MOVES",
    "LOOKS",
    "PACK_MOVES",
    "PARTS",
    "REACH_MOVES",
    "REVIEW_MOVES",
    "SLOT_MOVES",
    "SUBMISSION_MOVES",
    "UNDER_WAY",
    "Accreditation",
    "AccreditationPack",
    "Assessment",
    "Badge",
    "BookingState",
    "BroughtReview",
    "CarriedLine",
    "CceDocument",
    "CceUnit",
    "Certificate",
    "CertificateHold",
    "CertificateKind",
    "CertificateRevocation",
    "ClaimState",
    "Client",
    "ClientMerge",
    "CoachingForm",
    "CoachingSession",
    "Confirmation",
    "ConfirmationState",
    "Consent",
    "DraftState",
    "EvaluationSeen",
    "EvaluationSubmission",
    "EvaluationVerdict",
    "FactKind",
    "FormKind",
    "FormSignature",
    "FormState",
    "FormVersion",
    "Format",
    "HeldCredential",
    "HoldSource",
    "ImportState",
    "Kind",
    "LedgerEntry",
    "LedgerReview",
    "Level",
    "LogImport",
    "Mentor",
    "MentorBooking",
    "MentorCredential",
    "MentorFact",
    "MentorProof",
    "MentorSession",
    "MentorSlot",
    "Occasion",
    "PackState",
    "Paper",
    "PaperKind",
    "Payment",
    "PeerHour",
    "PhoneKey",
    "PriorLearning",
    "ReachState",
    "Relation",
    "RenewalQuiet",
    "ReviewDecision",
    "ReviewState",
    "RuleDraft",
    "RuleReach",
    "RuleVersion",
    "RuleWithdrawal",
    "SchoolKey",
    "SecondLook",
    "SignerRole",
    "SigningKey",
    "SlotState",
    "SubmissionState",
]
