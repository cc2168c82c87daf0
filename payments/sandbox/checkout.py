"""The moves of a Checkout Session: paid, waiting for a bank, cleared, failed, expired."""

from payments.sandbox import customers, discounts, paying, payment_intents
from payments.sandbox.billing import from_checkout
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.store import Json, Work

DUE = "kind = 'checkout.session' AND body->>'status' = 'open' AND (body->>'expires_at')::bigint <= %s"


def pay(work: Work, session: Json, method: Json) -> Json:
    """The buyer pressed Pay. Raises a card error when declined: the session stays open.

    The answer's intent may still ask for 3-D Secure; the session is then open as well.
    """
    require_open(session)
    if method["type"] not in session["payment_method_types"]:
        raise invalid(f"This Checkout Session does not take {method['type']}.", "payment_method")
    note_buyer(work, session, method["billing_details"])
    if session["amount_total"] == 0:
        return complete(work, session, "no_payment_required")
    intent = _intent(work, session)
    paying.confirm(work, intent, method)
    return follow(work, intent)


def require_open(session: Json) -> None:
    if session["status"] != "open":
        raise invalid(f"This Checkout Session is {session['status']} and can no longer be paid.")


def note_buyer(work: Work, session: Json, billing: Json) -> None:
    work.note(session["id"], buyer={name: billing[name] for name in ("address", "email", "name", "phone")})


def _intent(work: Work, session: Json) -> Json:
    """The session's PaymentIntent; made at the first try to pay."""
    known = session["payment_intent"] or work.private(session["id"]).get("intent")
    if known:
        return work.get("payment_intent", known)
    given = work.private(session["id"]).get("payment_intent_data", {})
    if session["customer"]:
        given = given | {"customer": session["customer"]}
    types, currency = session["payment_method_types"], session["currency"]
    intent = payment_intents.make(work, session["amount_total"], currency, types, given)
    work.note(intent["id"], session=session["id"])
    work.note(session["id"], intent=intent["id"])
    if session["mode"] == "payment":  # a subscription's money belongs to its first invoice
        session["payment_intent"] = intent["id"]
        work.save(session)
    return intent


def follow(work: Work, intent: Json) -> Json:
    """Moves the session to where its PaymentIntent is. To do it twice changes nothing."""
    session = work.get("checkout.session", work.private(intent["id"])["session"])
    where = (session["status"], session["payment_status"], intent["status"])
    if where == ("open", "unpaid", "succeeded"):
        return complete(work, session, "paid")
    if where == ("open", "unpaid", "processing"):
        return complete(work, session, "unpaid")
    if where == ("complete", "unpaid", "succeeded"):
        session["payment_status"] = "paid"
        emit(work, "checkout.session.async_payment_succeeded", work.save(session))
    elif where == ("complete", "unpaid", "requires_payment_method") and not _has_failed(work, session):
        work.note(session["id"], failed=True)
        emit(work, "checkout.session.async_payment_failed", session)
    return session


def _has_failed(work: Work, session: Json) -> bool:
    return bool(work.private(session["id"]).get("failed"))


def complete(work: Work, session: Json, payment_status: str) -> Json:
    buyer = work.private(session["id"])["buyer"]
    if session["customer"] is None and session["customer_creation"] == "always":
        session["customer"] = customers.make(work, buyer)["id"]
    if session["mode"] == "subscription":
        from_checkout.subscribe(work, session)
    facts: Json = {"business_name": None, "individual_name": None, "tax_exempt": "none", "tax_ids": []}
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": facts | buyer,
        "collected_information": {"business_name": None, "individual_name": None, "shipping_details": None},
    }
    asked = session["consent_collection"]
    if asked and asked["terms_of_service"] == "required":
        session["consent"] = {"promotions": None, "terms_of_service": "accepted"}
    discounts.redeem(work, session["discounts"])
    emit(work, "checkout.session.completed", work.save(session))
    return session


def settle_with_bank(work: Work, session: Json, *, clears: bool) -> Json:
    """The bank's word on a session that is complete and unpaid."""
    if not session["payment_intent"]:
        raise invalid("This Checkout Session has no delayed payment.")
    intent = work.get("payment_intent", session["payment_intent"])
    return follow(work, paying.settle_with_bank(work, intent, clears=clears))


def expire(work: Work, session: Json) -> Json:
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
        )
        raise invalid(f"{message} {session['status']}.")
    if intent_id := session["payment_intent"] or work.private(session["id"]).get("intent"):
        intent = work.get("payment_intent", intent_id)
        paying.cancel(work, intent, "automatic")
    session |= {"status": "expired", "url": None}
    emit(work, "checkout.session.expired", work.save(session))
    return session


def expire_due(work: Work) -> int:
    """Expires every open session whose time is over; returns how many."""
    if not work.value(f"SELECT 1 FROM object WHERE {DUE} LIMIT 1", work.now):
        return 0
    work.lock_writer()
    due = [row[0] for row in work.rows(f"SELECT body FROM object WHERE {DUE} ORDER BY seq", work.now)]
    for session in due:
        expire(work, session)
    return len(due)


def clear_due(work: Work) -> int:
    """Lets the bank speak on delayed payments whose time has come; returns how many."""
    due = "private ? 'clears_at' AND (private->>'clears_at')::numeric <= %s"
    if not work.value(f"SELECT 1 FROM object WHERE {due} LIMIT 1", work.now):
        return 0
    work.lock_writer()
    rows = work.rows(f"SELECT body, private FROM object WHERE {due} ORDER BY seq", work.now)
    for intent, private in rows:
        paying.settle_with_bank(work, intent, clears=private["clears"])
        if "session" in private:
            follow(work, intent)
    return len(rows)
