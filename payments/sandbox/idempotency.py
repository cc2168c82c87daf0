"""Idempotency keys: the first answer is kept and given again (https://docs.stripe.com/api/idempotent_requests)."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Json as AsJson

from payments.sandbox.errors import ApiError, invalid
from payments.sandbox.store import Json, Work

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    original_request: str | None = None


def fingerprint(method: str, path: str, params: Json) -> str:
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def begin(work: Work, key: str, print_: str) -> Answer | None:
    """The kept answer, or None when the work is to be done now; the key stays locked until the end of it.

    Raises ApiError 409 while another call holds the key, 400 when the key was used with other parameters.
    """
    if len(key) > 255:
        raise invalid("Idempotency keys can be up to 255 characters long.")
    if not work.value("SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || %s, 7))", key):
        raise ApiError(409, "invalid_request_error", _IN_USE.format(key=key), code="idempotency_key_in_use")
    work.run("DELETE FROM kept_answer WHERE key = %s AND created < %s", key, work.now - KEPT_SECONDS)
    rows: list[tuple[Any, ...]] = work.rows(
        "SELECT fingerprint, status, body, request_id FROM kept_answer WHERE key = %s", key
    )
    if not rows:
        return None
    kept_print, status, body, request_id = rows[0]
    if kept_print != print_:
        raise ApiError(400, "idempotency_error", _OTHER.format(key=key))
    return Answer(status, body, request_id)


def keep(work: Work, key: str, print_: str, answer: Answer) -> None:
    work.run(
        "INSERT INTO kept_answer (key, fingerprint, request_id, status, body, created) VALUES (%s, %s, %s, %s, %s, %s)",
        *(key, print_, work.request["id"], answer.status, AsJson(answer.body), work.now),
    )


_IN_USE = (
    "There is currently another in-progress request using this Idempotent Key (that probably means you "
    "submitted twice, and the other request is still going through): {key}. Please try again later."
)
_OTHER = (
    "Keys for idempotent requests can only be used with the same parameters they were first used with. "
    "Try using a key other than '{key}' if you meant to execute a different request."
)
