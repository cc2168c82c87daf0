"""What becomes of each of this room's tables when a person is erased."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from accounts.erasing.terms import Emptied, Gone, Kept, Part
from accounts.models import User
from credentials import erasing
from credentials.models import CoachingForm, FormSignature


def _own_signatures(user: User) -> ColumnElement[bool]:
    """Under forms about themselves; what a mentor signed about others is those others' evidence."""
    about = FormSignature.form_id.in_(select(CoachingForm.id).where(CoachingForm.user_id == user.id))
    return (FormSignature.signer_id == user.id) & about


TOLD = (
    "Your coaching clients with names, contacts and organisations, your notes on every session, and your peers.",
    "What mentors and assessors wrote about your coaching, your recordings, transcripts and reflections.",
    "Documents you handed in, except those behind a certificate that stands; your ICF credential number.",
    "Passports that you made. The signed file in your hands still proves itself.",
)
GOES = (
    Gone("phone_key"),
    Gone("renewal_quiet"),
    Emptied("client", ("sealed_name", "sealed_contact", "sealed_organisation")),
    Emptied("coaching_session", ("sealed_notes",)),
    Emptied("confirmation", ("sealed_address", "sealed_word")),
    Emptied("peer_hour", ("sealed_peer",)),
    Emptied("log_import", ("sealed_name", "sealed_file", "sealed_look", "report")),
    Emptied("mentor", ("sealed_email",), "owner_id"),
    Emptied("mentor", ("sealed_email",)),
    Emptied("mentor_fact", ("note", "reason"), "mentor_id.owner_id"),
    Emptied("mentor_proof", ("name", "content"), "mentor_id.owner_id"),
    Emptied("coaching_form", ("sealed_word",)),
    Emptied("form_version", ("sealed_content",), "form_id.user_id"),
    Emptied("form_signature", ("signer_name",), _own_signatures),
    Emptied(
        "evaluation_submission", ("sealed_link", "sealed_transcript", "sealed_reflection", "sealed_draft"), "user_id"
    ),
    Emptied("evaluation_verdict", ("sealed_content",), "submission_id.user_id"),
    Emptied("evaluation_seen", ("signer_name",)),
    Emptied("prior_learning", ("note", "document_name", "reason")),
    Emptied("cce_unit", ("title", "provider")),
    Emptied("cce_document", ("name", "content"), "unit_id.user_id"),
    Emptied("held_credential", ("number",)),
    Emptied("assessment", ("answer",)),
    Emptied("ledger_entry", ("reason",)),
    Emptied("ledger_review", ("reason",)),
    Emptied("review_decision", ("reason",), "entry_id.user_id"),
    Emptied("second_look", ("question",), "entry_id.user_id"),
    Emptied("certificate_hold", ("reason",), "enrollment_id.user_id"),
    Emptied("certificate_revocation", ("reason",), "certificate_id.user_id"),
    Emptied("paper", ("facts", "proof"), erasing.passports_of),
)
STAYS = (
    Kept(
        ("certificate.facts",),
        "Certificates: number, the name printed on them, program, hours and days, and who signed",
        "anybody who is shown the paper may verify it; withdrawn too, with the name, where you ask for that",
    ),
    Kept(
        ("paper.facts",),
        "Transcripts that were issued: the name on them and the lines of hours",
        "the same as certificates, and withdrawn with them",
    ),
    Kept(
        ("ledger_entry.title",),
        "The ledger of hours: day, minutes, kind, and what the hours are of; your clients stand in it as codes",
        "the school must be able to show an accreditor what it certified (ICF keeps providers to it)",
    ),
    Kept(
        ("prior_learning.title", "prior_learning.provider"),
        "What you learned elsewhere, where and how many hours, if the school granted it",
        "lines of the ledger rest on it",
    ),
    Kept(
        ("files: prior-learning",),
        "The document itself, where its hours stand behind a certificate that stands",
        "it is the evidence for that certificate; it goes where the certificate is withdrawn",
    ),
    Kept(
        ("mentor.name",),
        "The names of mentors: those whom you brought and who stand in your hours; the school’s own, who may be you",
        "mentor coaching counts by who gave it and what they held that day",
    ),
    Kept(
        ("form_signature.signer_name",),
        "The name under forms that you signed about others as their mentor",
        "it is those others’ evidence for their credential",
    ),
    Kept(
        ("evaluation_verdict.author_name",),
        "The name under evaluations that you gave as an assessor",
        "it is those others’ evidence for their certificate",
    ),
)
CODES = {
    "assessment": (
        "credential",
        "path",
        "verdict",
        "rule_set",
        "book_digest",
    ),
    "brought_review": ("framework", "document"),
    "carried_line": ("line_id",),
    "client": ("origin",),
    "client_merge": ("moved", "filled"),
    "coaching_session": ("once",),
    "confirmation": ("secret_digest",),
    "coaching_form": ("framework",),
    "evaluation_submission": ("rubric",),
    "evaluation_verdict": (
        "held",
        "sha256",
    ),
    "evaluation_seen": ("sha256",),
    "form_signature": ("sha256",),
    "form_version": ("sha256",),
    "cce_document": (
        "media_type",
        "sha256",
    ),
    "certificate": ("number",),
    "ledger_entry": (
        "evidence_type",
        "evidence_ref",
        "source_key",
    ),
    "mentor_proof": (
        "media_type",
        "sha256",
    ),
    "paper": ("number",),
    "prior_learning": (
        "brought",
        "media_type",
        "sha256",
        "signer",
        "granted",
    ),
    "review_decision": ("batch",),
}
PART = Part(
    told=TOLD,
    goes=GOES,
    stays=STAYS,
    codes=CODES,
    nobodys=("signing_key", "school_key", "rule_draft", "rule_version", "rule_reach", "rule_withdrawal", "mentor_slot"),
    by_hand=("ledger_entry.evidence",),
    before=erasing.before,
    remove_file=erasing.remove_file,
)
