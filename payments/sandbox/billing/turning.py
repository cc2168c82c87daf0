"""The clock turns: whatever billing has due happens, the earliest first, each at its own moment."""

from payments.sandbox.billing import invoicing, scheduling, subscribing
from payments.sandbox.store import Json, Work

DUE = (
    "private ? 'due_at' AND (private->>'due_at')::bigint <= %s AND coalesce(private->>'clock', '') = %s"
    " AND kind IN ('subscription', 'subscription_schedule', 'invoice')"
)
FIRST = (
    "ORDER BY (private->>'due_at')::bigint,"
    " CASE kind WHEN 'subscription_schedule' THEN 0 WHEN 'invoice' THEN 1 ELSE 2 END, seq LIMIT 1"
)


def turn(work: Work, until: int, clock: str = "") -> int:
    """Does what is due until a moment, of everything on one clock; returns how much it was.

    A schedule that ends at the moment of a renewal ends first, so that no period too many begins.
    """
    if not work.value(f"SELECT 1 FROM object WHERE {DUE} LIMIT 1", until, clock):
        return 0
    work.lock_writer()
    here, done = work.now, 0
    while found := work.rows(f"SELECT body, private->>'due_at' FROM object WHERE {DUE} {FIRST}", until, clock):
        body, due = found[0]
        work.now = int(due)
        _happen(work, body)
        done += 1
    work.now = here
    return done


def _happen(work: Work, body: Json) -> None:
    if body["object"] == "subscription_schedule":
        scheduling.next_phase(work, body)
    elif body["object"] == "subscription":
        subscribing.renew(work, body)
    elif body["status"] == "draft":
        invoicing.collect(work, invoicing.finalize(work, body))
    elif body["status"] == "open":
        work.forget(body["id"], "due_at")
        invoicing.collect(work, body)
    else:
        work.forget(body["id"], "due_at")
