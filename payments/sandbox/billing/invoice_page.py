"""The hosted invoice: where a buyer sees what is due and pays it with another card."""

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request

from payments.sandbox import payment_methods
from payments.sandbox.billing import invoicing
from payments.sandbox.card_form import COUNTRIES, PayForm
from payments.sandbox.errors import ApiError
from payments.sandbox.guarding import refuse_other_sites
from payments.sandbox.store import Json, Store, Work

bp = Blueprint("invoice_page", __name__)
bp.before_request(refuse_other_sites)


def by_card_only(amount: int) -> Json:
    """What the card form needs to know of where it stands."""
    nothing = {"phone_number_collection": {"enabled": False}, "consent_collection": None}
    return nothing | {"payment_method_types": ["card"], "amount_total": amount}


def store() -> Store:
    found: Store = current_app.extensions["stripe_sandbox"]
    return found


def _invoice(work: Work, id_: str) -> Json:
    work.base_url = current_app.config["BASE_URL"] or request.host_url.rstrip("/")
    found = work.find(id_)
    if found is None or found["object"] != "invoice" or found["status"] == "draft":
        abort(404, "There is no such invoice here.")
    return found


@bp.get("/i/<id_>")
def show(id_: str) -> Response:
    with store().work() as work:
        invoice = _invoice(work, id_)
        return _page(work, invoice, PayForm({"country": "US"}, by_card_only(invoice["amount_due"])))


@bp.get("/i/<id_>/pdf")
def pdf(id_: str) -> Response:
    return make_response(redirect(f"/i/{id_}", 303))


@bp.post("/i/<id_>")
def pay(id_: str) -> Response:
    """A card that pays is kept on file for the instalments that follow, as on Stripe's page."""
    with store().work(writing=True) as work:
        invoice = _invoice(work, id_)
        form = PayForm(request.form, by_card_only(invoice["amount_due"]))
        if invoice["status"] not in {"open", "uncollectible"}:
            return make_response(redirect(f"/i/{id_}", 303))
        if not form.check(work.now, invoice["customer_email"] or "known"):
            return _page(work, invoice, form, 422)
        method = payment_methods.make(work, form.params(invoice["customer_email"]))
        try:
            invoice = invoicing.pay(work, invoice, method, off_session=False)
        except ApiError as error:
            form.errors["number"] = str(error)
            return _page(work, work.get("invoice", id_), form, 402)
        keep_card(work, invoice["customer"], method)
        if invoice["status"] != "paid":
            return make_response(redirect(f"/3d-secure/{work.private(id_)['intent']}", 303))
    return make_response(redirect(f"/i/{id_}", 303))


def keep_card(work: Work, customer_id: str, method: Json) -> None:
    """This card pays from now on: for the customer and for every subscription that runs."""
    payment_methods.attach(work, method, customer_id)
    customer = work.get("customer", customer_id)
    customer["invoice_settings"] |= {"default_payment_method": method["id"]}
    work.save(customer)
    query = "SELECT body FROM object WHERE kind = 'subscription' AND body->>'customer' = %s"
    for (subscription,) in work.rows(query, customer_id):
        work.save(subscription | {"default_payment_method": method["id"]})


def _page(work: Work, invoice: Json, form: PayForm, status: int = 200) -> Response:
    page = render_template("invoice.html", invoice=invoice, form=form, countries=COUNTRIES, seller=work.settings.seller)
    return make_response(page, status)
