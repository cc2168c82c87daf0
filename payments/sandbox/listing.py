"""Stripe's lists: newest first, filtered, a page at a time (https://docs.stripe.com/api/pagination)."""

from typing import Any

from payments.sandbox.errors import invalid
from payments.sandbox.store import Json, Work

Conditions = dict[str, list[Any]]
_COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}


def page(
    work: Work, kind: str, params: Json, url: str, equal: tuple[str, ...] = (), more: Conditions | None = None
) -> Json:
    """Objects of a kind as a Stripe list. `equal` names filters on fields; `more` are conditions and their values."""
    wheres: list[str] = ["kind = %s"]
    values: list[Any] = [kind]
    for condition, needs in (more or {}).items():
        wheres.append(condition)
        values.extend(needs)
    for name in equal:
        if name in params:
            wheres.append(f"body->>'{name}' = %s")
            values.append(_text(params[name]))
    for word, moment in params.get("created", {}).items():
        wheres.append(f"created {_COMPARED[word]} %s")
        values.append(moment)
    return _cut(work, wheres, values, params, url)


def _cut(work: Work, wheres: list[str], values: list[Any], params: Json, url: str) -> Json:
    limit, backwards = params.get("limit", 10), "ending_before" in params
    if backwards and "starting_after" in params:
        raise invalid("You cannot parameterize both starting_after and ending_before.", "starting_after")
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            wheres.append(f"seq {sign} %s")
            values.append(_place(work, params[name], name))
    order = "ASC" if backwards else "DESC"
    query = f"SELECT body FROM object WHERE {' AND '.join(wheres)} ORDER BY seq {order} LIMIT %s"
    found = [row[0] for row in work.rows(query, *values, limit + 1)]
    data = found[:limit]
    if backwards:
        data.reverse()
    return as_list(data, url, has_more=len(found) > limit)


def _place(work: Work, id_: str, param: str) -> int:
    seq = work.value("SELECT seq FROM object WHERE id = %s", id_)
    if seq is None:
        raise invalid(f"No such object: '{id_}'", param, "resource_missing")
    return int(seq)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_list(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
