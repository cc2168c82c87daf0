"""Asking: what Stripe is asked for, so that a page takes just what is due; nothing of it comes from the browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import current_app

from accounts.models import User
from enrollment.models import Cohort
from foundation.db import db
from payments.models import EnrollmentOrder, OrderDue, PlanKind

Json = dict[str, Any]


def session(order: EnrollmentOrder, *, number: int, due: OrderDue, expires_at: datetime) -> Json:
    """The parameters of a Checkout Session for one due: a single payment, or the first of equal instalments."""
    settings = current_app.config["SETTINGS"]
    cohort, user = db.session.get_one(Cohort, order.cohort_id), db.session.get_one(User, order.user_id)
    home = f"{settings.base_url.rstrip('/')}/orders/{quote(order.public_id)}"
    marks = {"order": order.public_id, "attempt": str(number), "due": str(due.number), "school": settings.mail_domain}
    is_plan = order.plan_kind == PlanKind.INSTALMENTS and due.number == 1
    shared = {
        "client_reference_id": order.public_id,
        "metadata": marks,
        "line_items": [{"quantity": 1, "price_data": _price(order, cohort, due, is_plan)}],
        "customer_email": user.email,
        "expires_at": int(expires_at.timestamp()),
        "success_url": home + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": home,
        "adaptive_pricing": {"enabled": False},
    } | _tax(settings.stripe_tax)
    return shared | (_subscription(order, cohort, marks) if is_plan else _payment(cohort, marks))


def _tax(behavior: str) -> Json:
    """Stripe works out the tax where the school wants it to; for that it must know where the buyer lives."""
    return {} if behavior == "off" else {"automatic_tax": {"enabled": True}, "billing_address_collection": "required"}


def _payment(cohort: Cohort, marks: dict[str, str]) -> Json:
    return {
        "mode": "payment",
        "submit_type": "book",
        "payment_intent_data": {"metadata": marks, "description": f"{cohort.program.title} ({cohort.code})"},
        "customer_creation": "always",
    }


def _subscription(order: EnrollmentOrder, cohort: Cohort, marks: dict[str, str]) -> Json:
    """A subscription that a schedule ends after its last instalment (`payments.plans.scheduling`)."""
    marked = marks | {"instalments": str(order.parts)}
    described = f"{cohort.program.title} ({cohort.code}), {order.parts} instalments"
    return {"mode": "subscription", "subscription_data": {"metadata": marked, "description": described}}


def _price(order: EnrollmentOrder, cohort: Cohort, due: OrderDue, is_plan: bool) -> Json:
    name = f"{cohort.program.title}, {cohort.title}{part(order, due)}"
    price: Json = {"currency": order.currency.lower(), "unit_amount": due.cents, "product_data": {"name": name}}
    behavior = current_app.config["SETTINGS"].stripe_tax
    price |= {} if behavior == "off" else {"tax_behavior": behavior}
    return price | ({"recurring": {"interval": "month", "interval_count": order.every_months}} if is_plan else {})


def part(order: EnrollmentOrder, due: OrderDue) -> str:
    """Which part of a price a due is, as it stands behind the course's name: `, deposit`; empty for the whole."""
    if due.is_fee:
        return ", more time to complete it" if due.is_extension else ", fee for a move"
    if order.plan_kind == PlanKind.DEPOSIT:
        return ", deposit" if due.number == 1 else ", balance"
    if order.plan_kind == PlanKind.INSTALMENTS:
        return f", instalment {due.number} of {order.parts}" if due.number > 1 else f", {order.parts} instalments"
    return ""
