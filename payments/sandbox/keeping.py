"""The keeper: a thread that expires sessions, lets banks speak and delivers webhooks, each when it is due."""

import logging
import threading

from payments.sandbox import checkout, webhooks
from payments.sandbox.billing import turning
from payments.sandbox.store import Store

log = logging.getLogger("payments.sandbox")


class Keeper(threading.Thread):
    def __init__(self, store: Store) -> None:
        super().__init__(name="stripe-sandbox-keeper", daemon=True)
        self.store = store
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                worked = self.once()
            except Exception:  # whatever it is, the next round must come
                log.exception("The local Stripe could not do what was due; it tries again.")
                worked = False
            if not worked:
                self.stopping.wait(self.store.settings.poll_every)

    def once(self) -> bool:
        """One round; true when a webhook was delivered, so that the next may be waiting."""
        with self.store.work() as work:
            checkout.clear_due(work)
            checkout.expire_due(work)
            turning.turn(work, work.now)
        delivery = webhooks.claim(self.store) if self.store.settings.webhook_url else None
        if delivery is None:
            return False
        webhooks.deliver(self.store, delivery)
        return True

    def stop(self) -> None:
        self.stopping.set()
        self.join(timeout=30)
