"""Sending back: a refund that is written down is asked of Stripe at once; where it is silent, the worker goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from foundation.db import db
from payments import gateway, refunding
from payments.models import Refund, RefundState


class Sending:
    """Refunds on their way: iterate and commit after each step; then `told` says what became of each, in words.

    No row is locked while Stripe is asked, and a call that is repeated is the same call.
    """

    def __init__(self, refunds: list[Refund]) -> None:
        self.ids = [refund.id for refund in refunds]
        self.told: list[tuple[str, str]] = []

    def steps(self, *, at: datetime) -> Iterator[None]:
        for refund_id in self.ids:
            refund = db.session.get_one(Refund, refund_id)
            if refund.is_by_bank:
                self.told.append((f"{refund.amount} goes back by bank transfer: send it, then say so here.", "wait"))
                continue
            order_id, params, key = refund.order_id, refunding.params_of(refund), refund.idempotency_key
            yield
            self.told.append(self._send(refund_id, order_id, params, key, at))
            yield

    def _send(self, refund_id: int, order_id: int, params: refunding.Json, key: str, at: datetime) -> tuple[str, str]:
        try:
            done = refunding.settle_refund(order_id, gateway.create_refund(params, key=key), at=at)
        except gateway.GatewayRefused as error:
            refunding.refuse(db.session.get_one(Refund, refund_id), str(error), at=at)
            return f"Stripe refused the refund: {error}", "bad"
        except gateway.GatewayDown:
            return "Stripe does not answer. The refund is written down and is sent as soon as it does, once.", "wait"
        words = "has been sent back" if done.state == RefundState.SUCCEEDED else "is on its way back"
        return f"{done.amount} {words}.", "good"
