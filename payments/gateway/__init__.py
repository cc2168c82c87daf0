"""The gateway to Stripe: the only place that speaks to it. What comes in is plain data, what goes wrong is our own."""

from payments.gateway.billing import (
    cancel_subscription,
    create_schedule,
    invoices_of,
    portal,
    retrieve_invoice,
    retrieve_payment_intent,
    retrieve_schedule,
    retrieve_subscription,
    update_schedule,
)
from payments.gateway.calling import API_VERSION, PATIENCE, TRIES, GatewayDown, GatewayRefused
from payments.gateway.charging import (
    create_refund,
    create_session,
    disputes_of,
    expire_session,
    refunds_of,
    retrieve_dispute,
    retrieve_refund,
    retrieve_session,
)
from payments.gateway.hearing import TOLD, BadSignature, read_event, undelivered_events, webhook_endpoints

__all__ = [
    "API_VERSION",
    "PATIENCE",
    "TOLD",
    "TRIES",
    "BadSignature",
    "GatewayDown",
    "GatewayRefused",
    "cancel_subscription",
    "create_refund",
    "create_schedule",
    "create_session",
    "disputes_of",
    "expire_session",
    "invoices_of",
    "portal",
    "read_event",
    "refunds_of",
    "retrieve_dispute",
    "retrieve_invoice",
    "retrieve_payment_intent",
    "retrieve_refund",
    "retrieve_schedule",
    "retrieve_session",
    "retrieve_subscription",
    "undelivered_events",
    "update_schedule",
    "webhook_endpoints",
]
