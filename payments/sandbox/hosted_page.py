"""The hosted page: where a buyer pays a Checkout Session, and the bank's page for 3-D Secure."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request

from payments.sandbox import checkout, discounts, paying, payment_methods, session_building
from payments.sandbox.billing import invoicing
from payments.sandbox.card_form import COUNTRIES, PayForm
from payments.sandbox.errors import ApiError
from payments.sandbox.guarding import refuse_other_sites
from payments.sandbox.sessions import current
from payments.sandbox.store import Json, Store, Work

bp = Blueprint("hosted_page", __name__)
bp.before_request(refuse_other_sites)
FIELD_OF_CODE = {"expired_card": "expiry", "incorrect_cvc": "cvc"}


def _store() -> Store:
    store: Store = current_app.extensions["stripe_sandbox"]
    return store


def _session(work: Work, id_: str) -> Json:
    work.base_url = current_app.config["BASE_URL"] or request.host_url.rstrip("/")
    try:
        return current(work, id_)
    except ApiError:
        abort(404, "There is no such Checkout Session here.")


@bp.get("/c/pay/<id_>")
def show(id_: str) -> Response:
    with _store().work() as work:
        session = _session(work, id_)
        if session["status"] != "open":
            return _over(session)
        return _page(work, session, PayForm({"country": "US"}, session))


@bp.post("/c/pay/<id_>")
def pay(id_: str) -> Response:
    with _store().work(writing=True) as work:
        session = _session(work, id_)
        if session["status"] != "open":
            return _home(session) if session["status"] == "complete" else _over(session)
        form = PayForm(request.form, session)
        if form.text("apply") or (form.text("promotion_code") and not session["discounts"]):
            return _apply_code(work, session, form)
        return _try_to_pay(work, session, form)


def _try_to_pay(work: Work, session: Json, form: PayForm) -> Response:
    email = _known_email(work, session)
    if not form.check(work.now, email):
        return _page(work, session, form, 422)
    method = payment_methods.make(work, form.params(email or form.text("email")))
    try:
        session = checkout.pay(work, session, method)
    except ApiError as error:
        if not error.keeps_work:
            work.conn.rollback()
            session = _session(work, session["id"])
        form.errors[_field_of(form, error)] = str(error)
        return _page(work, session, form, 402)
    return _home(session) if session["status"] == "complete" else _to_bank(session)


def _field_of(form: PayForm, error: ApiError) -> str:
    return "account" if form.by_bank else FIELD_OF_CODE.get(error.more.get("code", ""), "number")


def _apply_code(work: Work, session: Json, form: PayForm) -> Response:
    """A promotion code, on the sessions that allow them."""
    found = discounts.find_code(work, form.text("promotion_code")) if session["allow_promotion_codes"] else None
    lines = work.private(session["id"])["lines"]
    try:
        if found is None:
            form.errors["promotion_code"] = "This code is invalid."
        else:
            session_building.price_up(work, session, lines, [{"promotion_code": found["id"]}])
            work.save(session)
            work.note(session["id"], lines=lines)
    except ApiError as error:
        form.errors["promotion_code"] = str(error)
    return _page(work, session, form, 422 if form.errors else 200)


def _known_email(work: Work, session: Json) -> str | None:
    if session["customer"]:
        email: str | None = work.get("customer", session["customer"])["email"]
        return email
    return session["customer_email"] or None


def _page(work: Work, session: Json, form: PayForm, status: int = 200) -> Response:
    private = work.private(session["id"])
    page = render_template(
        "pay.html",
        session=session,
        lines=private["lines"],
        seller=private.get("seller") or work.settings.seller,
        form=form,
        known_email=_known_email(work, session),
        countries=COUNTRIES,
        bank=next((t for t in session["payment_method_types"] if t != "card"), None),
        takes_card="card" in session["payment_method_types"],
    )
    return make_response(page, status)


def _over(session: Json) -> Response:
    return make_response(render_template("over.html", session=session, back=_success_url(session)), 200)


def _success_url(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _home(session: Json) -> Response:
    return _see_other(_success_url(session))


def _to_bank(session: Json) -> Response:
    with _store().work() as work:
        intent_id = session["payment_intent"] or work.private(session["id"])["intent"]
    return _see_other(f"/3d-secure/{intent_id}")


def _see_other(url: str) -> Response:
    return make_response(redirect(url, 303))


@bp.get("/3d-secure/<id_>")
def ask(id_: str) -> Response:
    with _store().work() as work:
        return make_response(render_template("three_d_secure.html", intent=_waiting_intent(work, id_)))


@bp.post("/3d-secure/<id_>")
def answer(id_: str) -> Response:
    """The buyer completes or fails 3-D Secure; a failure leads back to the open session."""
    with _store().work(writing=True) as work:
        intent = _waiting_intent(work, id_)
        if invoice_id := work.private(id_).get("invoice"):
            return _answer_for_invoice(work, intent, invoice_id)
        session = _session(work, work.private(id_).get("session", ""))
        if session["status"] != "open":
            return _over(session)
        try:
            paying.authenticate(work, intent, passed=request.form.get("answer") == "complete")
        except ApiError as error:
            form = PayForm({"country": "US"}, session)
            form.errors["number"] = str(error)
            return _page(work, session, form, 402)
        return _home(checkout.follow(work, intent))


def _answer_for_invoice(work: Work, intent: Json, invoice_id: str) -> Response:
    try:
        paying.authenticate(work, intent, passed=request.form.get("answer") == "complete")
        invoicing.follow(work, intent)
    except ApiError as error:
        if not error.keeps_work:
            raise
    return _see_other(f"/i/{invoice_id}")


def _waiting_intent(work: Work, id_: str) -> Json:
    intent: Any = work.find(id_)
    if intent is None or intent["object"] != "payment_intent" or intent["status"] != "requires_action":
        abort(404, "There is no payment that waits for 3-D Secure here.")
    found: Json = intent
    return found


@bp.get("/receipts/<id_>")
def receipt(id_: str) -> Response:
    with _store().work() as work:
        charge = work.find(id_)
        if charge is None or charge["object"] != "charge":
            abort(404, "There is no such charge here.")
        return make_response(render_template("receipt.html", charge=charge))
