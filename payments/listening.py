"""Listening: whether Stripe would tell us what we have to hear. Nothing is changed there; a person does that."""

from __future__ import annotations

from typing import Any

from foundation.config import Settings
from payments import gateway
from payments.doorkeeping import PATH


def faults(endpoints: list[dict[str, Any]], settings: Settings) -> list[str]:
    """What is wrong with the endpoints that Stripe lists (`gateway.webhook_endpoints`), each with what to do."""
    wanted = settings.base_url.rstrip("/") + PATH
    ours = [found for found in endpoints if _is_ours(found, wanted, settings)]
    if not ours:
        return [f"no endpoint at Stripe writes to {wanted}: add one (docs/runbooks/stripe.md)"]
    return [fault for found in ours[:1] for fault in _faults_of(found, settings)]


def _is_ours(found: dict[str, Any], wanted: str, settings: Settings) -> bool:
    """The local Stripe knows this application by the address that it was started with."""
    return found["url"] == wanted or (settings.uses_local_stripe and found["url"].endswith(PATH))


def _faults_of(found: dict[str, Any], settings: Settings) -> list[str]:
    faults = []
    if found["status"] != "enabled":
        faults.append("the endpoint is disabled at Stripe: enable it")
    missing = set(gateway.TOLD) - set(found["enabled_events"])
    if missing and "*" not in found["enabled_events"]:
        faults.append("Stripe does not tell of " + ", ".join(sorted(missing)))
    if found.get("api_version") not in {None, gateway.API_VERSION}:
        faults.append(f"the endpoint speaks {found['api_version']}, this program {gateway.API_VERSION}")
    if bool(found["livemode"]) != settings.stripe_livemode:
        faults.append("the endpoint is of the other mode (test or live) than the key")
    return faults
