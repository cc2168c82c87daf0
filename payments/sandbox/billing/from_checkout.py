"""A Checkout Session in subscription mode ends in a subscription whose first invoice is paid."""

from payments.sandbox import payment_methods
from payments.sandbox.billing import invoicing, subscribing
from payments.sandbox.store import Json, Work


def subscribe(work: Work, session: Json) -> None:
    """Writes subscription and invoice into the session, which is paid or costs nothing."""
    customer = work.get("customer", session["customer"])
    private = work.private(session["id"])
    intent = work.get("payment_intent", private["intent"]) if "intent" in private else None
    method = intent["payment_method"] if intent else None
    if intent and method:
        payment_methods.attach(work, work.get("payment_method", method), customer["id"])
        work.save(intent | {"customer": customer["id"]})
    periodic = [line for line in private["lines"] if line["price"]["recurring"]]
    once = [line for line in private["lines"] if not line["price"]["recurring"]]
    given = private["subscription_data"] | {"tax": session["automatic_tax"]["enabled"]}
    subscription = subscribing.begin(work, customer, periodic, given, method)
    off = session["total_details"]["amount_discount"]
    invoice = subscribing.first_invoice(work, subscription, once, off)
    if intent:
        invoicing.link(work, invoice, intent)
    invoicing.mark_paid(work, invoice, intent)
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
