"""How every call to the API is answered: key, faults, parameters, idempotency, one transaction, headers."""

import base64
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import HTTPException

from payments.sandbox import expanding, faults, forms, idempotency
from payments.sandbox.errors import ApiError, invalid, unauthorized
from payments.sandbox.idempotency import Answer
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import Fields
from payments.sandbox.store import Json, Store, Work

View = Callable[..., Json]


@dataclass(frozen=True)
class Call:
    """One call as its view sees it: the parameters, read and checked, and the books."""

    work: Work
    params: Json


class Hangup(Exception):
    """End the connection without an answer."""


def endpoint(bp: Blueprint, method: str, path: str, shape: Fields) -> Callable[[View], View]:
    """Makes a view of the API: it gets a Call and the ids of its path, and returns an object."""

    def register(view: View) -> View:
        def respond(**ids: str) -> Response:
            return _respond(view, shape, ids)

        bp.add_url_rule(path, endpoint=view.__name__, view_func=respond, methods=[method])
        return view

    return register


def _respond(view: View, shape: Fields, ids: dict[str, str]) -> Response:
    request_id = new_id("req", 14)
    try:
        _authenticate()
        hit = faults.strike_call(_store(), request.path)
        _fail_before(hit)
        answer = _answer(view, shape, ids, request_id, hit)
        if "answer_lost" in hit:
            raise Hangup
    except Hangup:
        return hang_up()
    except ApiError as error:
        answer = Answer(error.status, error.body())
    return as_response(answer, request_id)


def _answer(view: View, shape: Fields, ids: dict[str, str], request_id: str, hit: dict[str, faults.Fault]) -> Answer:
    raw = forms.decode((request.form if request.method == "POST" else request.args).items(multi=True))
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    with _store().work() as work:
        work.request = {"id": request_id, "idempotency_key": key}
        work.base_url = current_app.config["BASE_URL"] or request.host_url.rstrip("/")
        print_ = idempotency.fingerprint(request.method, request.path, raw)
        if key and (kept := idempotency.begin(work, key, print_)):
            return kept
        if "api_slow" in hit:
            time.sleep(hit["api_slow"].seconds)
        if request.method != "GET":
            work.lock_writer()
        answer = _done(view, shape, ids, work, raw)
        if key:
            idempotency.keep(work, key, print_, answer)
        return answer


def _done(view: View, shape: Fields, ids: dict[str, str], work: Work, raw: Json) -> Answer:
    """Do the work. A card that is declined is an answer to keep; any other refusal undoes all."""
    params = shape.read(raw)
    try:
        body = view(Call(work, params), **ids)
        return Answer(200, expanding.expand(work, body, params.get("expand", [])))
    except ApiError as error:
        if error.keeps_work:
            return Answer(error.status, error.body())
        raise


def _authenticate() -> None:
    header = request.headers.get("Authorization", "")
    scheme, _, rest = header.partition(" ")
    key = rest.strip()
    if scheme.lower() == "basic":
        key = base64.b64decode(key + "===", validate=False).decode("utf-8", "replace").partition(":")[0]
    if not key:
        raise unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if not key.startswith(("sk_test_", "rk_test_")):
        raise unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * 8}. The local Stripe takes sk_test_ keys.")


def _fail_before(hit: dict[str, faults.Fault]) -> None:
    if "api_timeout" in hit:
        time.sleep(hit["api_timeout"].seconds)
        raise Hangup
    if "api_500" in hit:
        raise ApiError(500, "api_error", "An unknown error occurred")
    if "api_429" in hit:
        message = "Request rate limit exceeded. You can learn more at https://docs.stripe.com/rate-limits."
        raise ApiError(429, "invalid_request_error", message, code="rate_limit")


def hang_up() -> Response:
    """Shut the socket under the server, so that the client sees a broken connection."""
    raw = request.environ.get("werkzeug.socket")
    if raw is not None:
        raw.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


def as_response(answer: Answer, request_id: str) -> Response:
    response = Response(json.dumps(answer.body, indent=2), answer.status, content_type="application/json")
    response.headers["Request-Id"] = request_id
    response.headers["Cache-Control"] = "no-cache, no-store"
    version = request.headers.get("Stripe-Version") or current_app.config["API_VERSION"]
    response.headers["Stripe-Version"] = version
    if key := request.headers.get("Idempotency-Key"):
        response.headers["Idempotency-Key"] = key
    if answer.original_request:
        response.headers["Original-Request"] = answer.original_request
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _store() -> Store:
    store: Store = current_app.extensions["stripe_sandbox"]
    return store


def refused_by_http(cause: HTTPException) -> Response:
    """An error outside the views, in Stripe's words: too large a body, our own failure, an unknown address."""
    code = cause.code or 500
    if code >= 500 or code == 413:
        kind = "api_error" if code >= 500 else "invalid_request_error"
        return as_response(Answer(code, ApiError(code, kind, cause.name).body()), new_id("req", 14))
    error = invalid(
        f"Unrecognized request URL ({request.method}: {request.path}). The local Stripe may not do this yet.",
        status=404,
    )
    return as_response(Answer(404, error.body()), new_id("req", 14))
