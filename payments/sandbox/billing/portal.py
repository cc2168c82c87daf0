"""The customer portal: configurations, sessions, and the page where a buyer changes the card and sees invoices."""

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request

from payments.sandbox import listing, payment_methods
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.billing import invoicing, subscribing
from payments.sandbox.billing.invoice_page import by_card_only, keep_card, store
from payments.sandbox.card_form import COUNTRIES, PayForm
from payments.sandbox.errors import ApiError, invalid
from payments.sandbox.events import emit
from payments.sandbox.guarding import refuse_other_sites
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import EXPAND, Boolean, Choice, Fields, Rows, Strings, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("portal", __name__)
LASTS = 3600
ON = Fields({"enabled": Boolean()}, need=("enabled",))
CANCEL = Fields(
    {
        "enabled": Boolean(),
        "mode": Choice("at_period_end", "immediately"),
        "proration_behavior": Choice("always_invoice", "create_prorations", "none"),
    },
    need=("enabled",),
)
FEATURES = Fields(
    {
        "customer_update": Fields({"enabled": Boolean(), "allowed_updates": Rows(Text())}),
        "invoice_history": ON,
        "payment_method_update": ON,
        "subscription_cancel": CANCEL,
        "subscription_update": ON,
    }
)
PROFILE = Fields({"headline": Text(60), "privacy_policy_url": Text(), "terms_of_service_url": Text()})
CONFIGURATION = Fields(
    {
        "business_profile": PROFILE,
        "default_return_url": Text(),
        "features": FEATURES,
        "metadata": Strings(),
        "name": Text(),
        "active": Boolean(),
        "expand": EXPAND,
    }
)
SESSION = Fields(
    {"customer": Text(), "configuration": Text(), "return_url": Text(), "locale": Text(), "expand": EXPAND},
    need=("customer",),
)
CONFIGURATIONS = "/v1/billing_portal/configurations"


def _features(given: Json) -> Json:
    off = {
        "customer_update": {"enabled": False, "allowed_updates": []},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
            "cancellation_reason": {"enabled": False, "options": []},
        },
        "subscription_update": {
            "enabled": False,
            "billing_cycle_anchor": None,
            "default_allowed_updates": [],
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }
    return {name: feature | given.get(name, {}) for name, feature in off.items()}


@endpoint(bp, "POST", CONFIGURATIONS, CONFIGURATION)
def create_configuration(call: Call) -> Json:
    given = call.params
    if "features" not in given:
        raise invalid("Missing required param: features.", "features", "parameter_missing")
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    made = {
        "id": new_id("bpc"),
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": profile | given.get("business_profile", {}),
        "created": call.work.now,
        "default_return_url": given.get("default_return_url"),
        "features": _features(given["features"]),
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": given.get("metadata", {}),
        "name": given.get("name"),
        "updated": call.work.now,
    }
    emit(call.work, "billing_portal.configuration.created", call.work.add(made))
    return made


@endpoint(bp, "GET", CONFIGURATIONS, list_shape(active=Boolean(), is_default=Boolean()))
def list_configurations(call: Call) -> Json:
    equal = ("active", "is_default")
    return listing.page(call.work, "billing_portal.configuration", call.params, CONFIGURATIONS, equal)


@endpoint(bp, "GET", f"{CONFIGURATIONS}/<id_>", Fields({"expand": EXPAND}))
def retrieve_configuration(call: Call, id_: str) -> Json:
    return call.work.get("billing_portal.configuration", id_, "configuration")


@endpoint(bp, "POST", f"{CONFIGURATIONS}/<id_>", CONFIGURATION)
def update_configuration(call: Call, id_: str) -> Json:
    made, params = call.work.get("billing_portal.configuration", id_, "configuration"), dict(call.params)
    params.pop("expand", None)
    for name, feature in params.pop("features", {}).items():
        made["features"][name] |= feature
    made["business_profile"] |= params.pop("business_profile", {})
    return call.work.save(made | params | {"updated": call.work.now})


@endpoint(bp, "POST", "/v1/billing_portal/sessions", SESSION)
def create_portal_session(call: Call) -> Json:
    """Raises ApiError without a configuration: the dashboard's default one is not here."""
    work, given = call.work, call.params
    work.get("customer", given["customer"], "customer")
    if "configuration" not in given:
        message = "No configuration provided and your test mode default configuration has not been created."
        raise invalid(message, "configuration")
    work.get("billing_portal.configuration", given["configuration"], "configuration")
    id_ = new_id("bps")
    made = {
        "id": id_,
        "object": "billing_portal.session",
        "configuration": given["configuration"],
        "created": work.now,
        "customer": given["customer"],
        "flow": None,
        "livemode": False,
        "locale": given.get("locale"),
        "on_behalf_of": None,
        "return_url": given.get("return_url"),
        "url": f"{work.base_url}/p/session/{id_}",
    }
    return work.add(made)


def _session(work: Work, id_: str) -> tuple[Json, Json]:
    refuse_other_sites()
    work.base_url = current_app.config["BASE_URL"] or request.host_url.rstrip("/")
    found = work.find(id_)
    if found is None or found["object"] != "billing_portal.session" or found["created"] + LASTS < work.now:
        abort(404, "This page is no longer open. Go back to the school and open it again.")
    return found, work.get("billing_portal.configuration", found["configuration"])["features"]


@bp.get("/p/session/<id_>")
def show_portal(id_: str) -> Response:
    with store().work() as work:
        session, features = _session(work, id_)
        return _page(work, session, features, PayForm({"country": "US"}, by_card_only(1)))


@bp.post("/p/session/<id_>/card")
def change_card(id_: str) -> Response:
    with store().work(writing=True) as work:
        session, features = _session(work, id_)
        if not features["payment_method_update"]["enabled"]:
            abort(404)
        form = PayForm(request.form, by_card_only(1))
        email = work.get("customer", session["customer"])["email"]
        if not form.check(work.now, email or "known"):
            return _page(work, session, features, form, 422)
        try:
            keep_card(work, session["customer"], payment_methods.make(work, form.params(email)))
        except ApiError as error:
            work.conn.rollback()
            form.errors["number"] = str(error)
            return _page(work, session, features, form, 402)
    return make_response(redirect(f"/p/session/{id_}", 303))


@bp.post("/p/session/<id_>/cancel/<subscription_id>")
def cancel(id_: str, subscription_id: str) -> Response:
    """Only where the configuration lets buyers cancel."""
    with store().work(writing=True) as work:
        session, features = _session(work, id_)
        subscription = work.get("subscription", subscription_id)
        if not features["subscription_cancel"]["enabled"] or subscription["customer"] != session["customer"]:
            abort(404)
        subscribing.end(work, subscription, "cancellation_requested")
    return make_response(redirect(f"/p/session/{id_}", 303))


def _page(work: Work, session: Json, features: Json, form: PayForm, status: int = 200) -> Response:
    customer = work.get("customer", session["customer"])
    query = "SELECT body FROM object WHERE kind = %s AND body->>'customer' = %s ORDER BY seq DESC LIMIT 50"
    invoices = [row[0] for row in work.rows(query, "invoice", customer["id"]) if row[0]["status"] != "draft"]
    subscriptions = [row[0] for row in work.rows(query, "subscription", customer["id"])]
    card = next((invoicing.method_of(work, invoice) for invoice in invoices), None)
    page = render_template(
        "portal.html",
        session=session,
        features=features,
        form=form,
        card=card,
        invoices=invoices,
        subscriptions=subscriptions,
        countries=COUNTRIES,
        seller=work.settings.seller,
    )
    return make_response(page, status)
