"""The local Stripe as a Flask application; it can be served by any thread of any process."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, abort, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from payments.sandbox import (
    answering,
    balance,
    charges,
    control_page,
    customers,
    discounts,
    disputes,
    events,
    hosted_page,
    payment_intents,
    payment_methods,
    payment_pages,
    prices,
    products,
    refunds,
    sessions,
    tax_calculations,
    webhooks,
)
from payments.sandbox.billing import calls as billing
from payments.sandbox.billing import invoice_page, portal
from payments.sandbox.guarding import own_names
from payments.sandbox.settings import SandboxSettings, refuse_production
from payments.sandbox.store import Store

PARTS = (
    balance, billing, charges, control_page, customers, discounts, disputes, events, hosted_page, invoice_page,
    payment_intents,
    payment_methods, payment_pages, portal, prices, products, refunds, sessions, tax_calculations, webhooks,
)  # fmt: skip
PAGE_HEADERS = {
    "Content-Security-Policy": ("default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_sandbox(settings: SandboxSettings) -> Flask:
    """The application; makes its tables if they aren't there. Raises SystemExit in production."""
    refuse_production()
    app = Flask(__name__)
    store = Store(settings)
    store.prepare()
    app.extensions["stripe_sandbox"] = store
    app.config |= {
        "API_VERSION": settings.api_version,
        "BASE_URL": settings.public_url.rstrip("/"),
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "OWN_NAMES": own_names(settings.host),
    }
    for part in PARTS:
        app.register_blueprint(part.bp)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters |= {"money": money, "moment": moment}
    app.before_request(_refuse_nul)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_page_headers)
    return app


def money(cents: int, currency: str) -> str:
    sign = {"usd": "$", "eur": "€", "gbp": "£"}.get(currency)
    amount = f"{cents / 100:,.2f}"
    return f"{sign}{amount}" if sign else f"{amount} {currency.upper()}"


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%-d %b %Y, %H:%M:%S UTC")


def _refuse_nul() -> None:
    """PostgreSQL keeps no NUL, and no address of Stripe's has one."""
    if "\x00" in request.path:
        abort(404)


def _http_error(error: HTTPException) -> Any:
    if request.path.startswith("/v1/"):
        return answering.refused_by_http(error)
    return render_template("sorry.html", title=error.name, text=error.description), error.code or 500


def _page_headers(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.extend(PAGE_HEADERS)
    return response
