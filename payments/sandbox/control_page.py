"""The control page: what was paid and told, and the levers that the dashboard and the banks would pull."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)

from payments.sandbox import checkout, disputes, faults, refunds, webhooks
from payments.sandbox.billing import invoicing, turning
from payments.sandbox.errors import ApiError
from payments.sandbox.guarding import refuse_other_sites
from payments.sandbox.sessions import current
from payments.sandbox.shapes import Integer
from payments.sandbox.store import Json, Store, Work

bp = Blueprint("control_page", __name__)
bp.before_request(refuse_other_sites)
LONGEST_LEAP = 10 * 365 * 24 * 3600


def _store() -> Store:
    store: Store = current_app.extensions["stripe_sandbox"]
    return store


@bp.get("/")
def overview() -> Response:
    with _store().work() as work:
        checkout.expire_due(work)
        refunded = work.rows("SELECT body FROM object WHERE kind = 'refund' ORDER BY seq DESC LIMIT 20")
        page = render_template(
            "control.html",
            sessions=_sessions(work),
            refunds=[row[0] for row in refunded],
            disputes=_newest(work, "dispute"),
            subscriptions=_newest(work, "subscription"),
            invoices=_newest(work, "invoice"),
            charges=_newest(work, "charge"),
            deliveries=webhooks.recent(work),
            settings=work.settings,
            event_faults=faults.EVENT_FAULTS,
            call_faults=faults.CALL_FAULTS,
            on={fault.name: fault for fault in faults.switched(work)},
            said=request.args.get("said", "")[:300],
        )
        return make_response(page)


def _newest(work: Work, kind: str) -> list[Json]:
    rows = work.rows("SELECT body FROM object WHERE kind = %s ORDER BY seq DESC LIMIT 20", kind)
    return [row[0] for row in rows]


def _sessions(work: Work) -> list[Json]:
    """The newest sessions, each with its PaymentIntent."""
    rows = work.rows(
        "SELECT s.body, i.body FROM object s LEFT JOIN object i ON i.id = s.body->>'payment_intent'"
        " WHERE s.kind = 'checkout.session' ORDER BY s.seq DESC LIMIT 50"
    )
    return [{"session": s, "intent": i, "refundable": bool(i and i["status"] == "succeeded")} for s, i in rows]


def _clear(work: Work, session: Json) -> None:
    checkout.settle_with_bank(work, session, clears=True)


def _fail(work: Work, session: Json) -> None:
    checkout.settle_with_bank(work, session, clears=False)


def _expire(work: Work, session: Json) -> None:
    checkout.expire(work, session)


def _refund(work: Work, session: Json) -> None:
    intent = work.get("payment_intent", session["payment_intent"] or "")
    given: Json = {"reason": "requested_by_customer"}
    if amount := request.values.get("amount", "").strip():
        given["amount"] = Integer(1).read(amount, "amount")
    refunds.make(work, work.get("charge", intent["latest_charge"] or ""), given)


ACTIONS: dict[str, Callable[[Work, Json], None]] = {
    "clear": _clear,
    "fail": _fail,
    "expire": _expire,
    "refund": _refund,
}


@bp.post("/control/sessions/<id_>/<action>")
def act(id_: str, action: str) -> Response:
    if action not in ACTIONS:
        abort(404)
    return _changed(lambda work: ACTIONS[action](work, current(work, id_)), f"{action}: done")


@bp.post("/control/refunds/<id_>/fail")
def fail_refund(id_: str) -> Response:
    return _changed(lambda work: refunds.fail(work, work.get("refund", id_)), "The refund has failed")


@bp.post("/control/charges/<id_>/<any(dispute, inquire, warn):action>")
def open_dispute(id_: str, action: str) -> Response:
    """The buyer's bank disputes a charge, asks about it, or warns of fraud."""
    act_on = {"dispute": disputes.dispute, "inquire": disputes.inquire, "warn": disputes.warn}
    return _changed(lambda work: act_on[action](work, work.get("charge", id_)), f"{action}: done")


@bp.post("/control/disputes/<id_>/<any(answer, win, lose, escalate, close):action>")
def move_dispute(id_: str, action: str) -> Response:
    """What we and the bank do about a dispute."""
    return _changed(lambda work: disputes.ACTIONS[action](work, work.get("dispute", id_)), f"{action}: done")


@bp.post("/control/invoices/<id_>/uncollectible")
def give_invoice_up(id_: str) -> Response:
    return _changed(lambda work: invoicing.mark_uncollectible(work, work.get("invoice", id_)), "Given up")


@bp.post("/control/deliveries/<int:id_>/resend")
def resend(id_: int) -> Response:
    return _changed(
        lambda work: (id_ < 2**63 and webhooks.resend(work, id_)) or abort(404), "The event is on its way again"
    )


@bp.post("/control/faults")
def switch_by_form() -> Response:
    """The form says what is on; all the rest is off."""
    wishes: Json = dict.fromkeys(faults.FAULTS, False)
    for name in request.form.getlist("on"):
        wishes[name] = {"times": request.form.get(f"times_{name}") or -1}
        if seconds := request.form.get(f"seconds_{name}"):
            wishes[name]["seconds"] = seconds
    return _changed(lambda work: faults.switch(work, wishes), "Switches set")


def _changed(change: Callable[[Work], Any], said: str) -> Response:
    """Does a change; back to the page for a browser, JSON for a program."""
    status = 200
    try:
        with _store().work(writing=True) as work:
            work.base_url = current_app.config["BASE_URL"] or request.host_url.rstrip("/")
            change(work)
    except (ApiError, faults.BadSwitch) as error:
        said, status = str(error), 400
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify({"said": said}), status)
    return make_response(redirect(f"/?said={quote(said)}", 303))


@bp.get("/_faults")
def read_faults() -> Response:
    with _store().work() as work:
        return jsonify({fault.name: fault.__dict__ for fault in faults.switched(work)})


@bp.post("/_faults")
def switch_by_json() -> Response:
    wishes = request.get_json(silent=True)
    if not isinstance(wishes, dict):
        return make_response(jsonify({"said": "Send a JSON object of switches."}), 400)
    try:
        with _store().work(writing=True) as work:
            faults.switch(work, wishes)
    except faults.BadSwitch as error:
        return make_response(jsonify({"said": str(error)}), 400)
    return read_faults()


@bp.delete("/_faults")
def no_faults() -> Response:
    with _store().work(writing=True) as work:
        work.run("DELETE FROM fault")
    return read_faults()


@bp.get("/_deliveries")
def read_deliveries() -> Response:
    with _store().work() as work:
        waiting = work.value("SELECT count(*) FROM delivery WHERE state = 'pending'")
        return jsonify({"pending": waiting, "deliveries": webhooks.recent(work, 200)})


@bp.post("/_clock")
def move_clock() -> Response:
    """Moves Stripe's time forward: sessions expire and banks speak as if it were later."""
    seconds = (request.get_json(silent=True) or {}).get("advance")
    if not isinstance(seconds, int) or not 0 <= seconds <= LONGEST_LEAP:
        return make_response(jsonify({"said": 'Send {"advance": seconds}.'}), 400)
    with _store().work(writing=True) as work:
        work.run("UPDATE clock SET ahead = ahead + %s", seconds)
    with _store().work() as work:
        checkout.clear_due(work)
        checkout.expire_due(work)
        turning.turn(work, work.now)
        return jsonify({"now": work.now})


@bp.post("/_reset")
def reset() -> Response:
    _store().empty()
    return jsonify({"said": "Everything is forgotten."})


@bp.get("/_health")
def health() -> Response:
    with _store().work() as work:
        return jsonify({"ok": True, "now": work.now})
