"""Turning the clock. The local Stripe lives by it too: what it sent before would come too late to be believed, and
what it sends in the future would wait there for ever. So its word arrives before the clock turns, either way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import time_machine

STARTED: list[Any] = []
"""The local Stripe of this process, once it runs."""


@contextmanager
def travel(moment: Any, *, tick: bool = True) -> Iterator[time_machine.Traveller]:
    """As `time_machine.travel`. Nothing of Stripe's is on its way at either end, and what is due there has happened."""
    _settle()
    with time_machine.travel(moment, tick=tick) as clock:
        _settle()
        yield clock
        _settle()


def _settle() -> None:
    for stripe in STARTED:
        stripe.advance(0)
        stripe.wait_for_deliveries()
