"""The moves of a PaymentIntent: confirm, authenticate, clear, decline (https://docs.stripe.com/payments/paymentintents/lifecycle)."""

from payments.sandbox import cards, charges, disputes
from payments.sandbox.errors import ApiError, invalid
from payments.sandbox.events import emit
from payments.sandbox.store import Json, Work

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def confirm(work: Work, intent: Json, method: Json, *, off_session: bool = False) -> Json:
    """Try to take the money. Raises a card error when the card is declined; that keeps the failed charge.

    `off_session`: the buyer is not there; a card that was set up once with 3-D Secure is then not asked again.
    """
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "confirm")
    behaviour = work.private(method["id"])["behaviour"]
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if method["type"] != "card":
        return _wait_for_bank(work, intent, method, behaviour)
    if behaviour == cards.ASKS_EACH_TIME or (behaviour == cards.ASKS and not off_session):
        return _ask(work, intent)
    if behaviour == cards.ATTACHES:
        raise decline(work, intent, method, "generic_decline")
    if behaviour in cards.DECLINES:
        raise decline(work, intent, method, behaviour)
    return succeed(work, intent, method)


def succeed(work: Work, intent: Json, method: Json) -> Json:
    charge = charges.make(work, intent, method, "succeeded")
    emit(work, "charge.succeeded", charge)
    paid = _paid(work, intent, charge)
    disputes.after_charge(work, charge, work.private(method["id"])["behaviour"])
    return paid


def _paid(work: Work, intent: Json, charge: Json) -> Json:
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "next_action": None,
    }
    emit(work, "payment_intent.succeeded", work.save(intent))
    return intent


def decline(work: Work, intent: Json, method: Json, reason: str) -> ApiError:
    """Writes the failed try down and returns the error to raise."""
    charge = charges.make(work, intent, method, "failed", reason)
    emit(work, "charge.failed", charge)
    return refuse(work, intent, method, reason, charge["id"])


def refuse(work: Work, intent: Json, method: Json, reason: str, charge_id: str | None) -> ApiError:
    code, message = cards.DECLINES[reason]
    facts = {"charge": charge_id, "code": code, "payment_method": method}
    if code == "card_declined":
        facts["decline_code"] = reason
    error = ApiError(402, "card_error", message, **facts)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "latest_charge": charge_id,
        "next_action": None,
        "last_payment_error": error.body()["error"],
    }
    emit(work, "payment_intent.payment_failed", work.save(intent))
    error.more["payment_intent"] = intent
    return error


def _ask(work: Work, intent: Json) -> Json:
    url = f"{work.base_url}/3d-secure/{intent['id']}"
    step = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None}}
    intent |= {"status": "requires_action", "next_action": step}
    emit(work, "payment_intent.requires_action", work.save(intent))
    return intent


def authenticate(work: Work, intent: Json, *, passed: bool) -> Json:
    """The buyer's answer to 3-D Secure. Raises a card error when it was not passed."""
    if intent["status"] != "requires_action":
        raise unexpected_state(intent, "authenticate")
    method = work.get("payment_method", intent["payment_method"])
    if passed:
        return succeed(work, intent, method)
    raise refuse(work, intent, method, "authentication_failed", None)


def _wait_for_bank(work: Work, intent: Json, method: Json, behaviour: str) -> Json:
    charge = charges.make(work, intent, method, "pending")
    intent |= {"status": "processing", "latest_charge": charge["id"]}
    work.save(intent)
    if work.settings.clears_after:
        facts = {"clears_at": work.now + work.settings.clears_after, "clears": behaviour == cards.CLEARS}
        work.note(intent["id"], **facts)
    emit(work, "charge.pending", charge)
    emit(work, "payment_intent.processing", intent)
    return intent


def settle_with_bank(work: Work, intent: Json, *, clears: bool) -> Json:
    """The bank's word on a delayed payment: the money came, or it won't."""
    if intent["status"] != "processing":
        raise unexpected_state(intent, "settle")
    work.forget(intent["id"], "clears_at")
    charge = work.get("charge", intent["latest_charge"])
    if clears:
        charge |= {"status": "succeeded", "captured": True, "amount_captured": charge["amount"]}
        charge["balance_transaction"] = charges.book(work, charge)
        emit(work, "charge.succeeded", work.save(charge))
        return _paid(work, intent, charge)
    code, message = cards.DECLINES["insufficient_funds"]
    charge |= {"status": "failed", "paid": False, "failure_code": code, "failure_message": message}
    emit(work, "charge.failed", work.save(charge))
    method = work.get("payment_method", intent["payment_method"])
    refuse(work, intent, method, "insufficient_funds", charge["id"])
    return intent


def cancel(work: Work, intent: Json, reason: str | None) -> Json:
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": work.now,
        "cancellation_reason": reason,
        "next_action": None,
    }
    emit(work, "payment_intent.canceled", work.save(intent))
    return intent


def unexpected_state(intent: Json, verb: str) -> ApiError:
    message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    error = invalid(message, None, "payment_intent_unexpected_state")
    error.more["payment_intent"] = intent
    return error
