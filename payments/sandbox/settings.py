"""What the local Stripe can be told, by arguments or by the environment (STRIPE_SANDBOX_*)."""

import os
from dataclasses import dataclass, fields
from typing import Self

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class SandboxSettings:
    """One local Stripe account. Times are seconds."""

    database: str
    host: str = "127.0.0.1"
    port: int = 4242
    public_url: str = ""
    """Address that buyers see, when it differs from http://host:port."""
    webhook_url: str = ""
    """Where events are delivered; nothing is delivered without it."""
    webhook_secret: str = "whsec_local_stripe"
    webhook_events: tuple[str, ...] = ("*",)
    api_version: str = "2026-10-28.endive"
    """Version named by events and by answers to calls that name none."""
    seller: str = "Test seller"
    """The seller's name on the hosted page."""
    schema: str = "stripe_sandbox"
    tax_percent: float = 20.0
    """What a session with automatic tax adds, on top of its prices."""
    clears_after: float = 120.0
    """A delayed payment clears by itself after this; 0 leaves it to the control page."""
    retry_after: tuple[float, ...] = (5, 30, 120, 600, 3600, 10800, 21600, 43200)
    """Pauses before an unanswered webhook is delivered again; after the last it has failed."""
    webhook_timeout: float = 20.0
    poll_every: float = 0.5

    @classmethod
    def from_env(cls, **given: object) -> Self:
        """Settings from STRIPE_SANDBOX_<NAME>, overridden by what is given and not None."""
        values: dict[str, object] = {}
        for field in fields(cls):
            text = os.environ.get(f"STRIPE_SANDBOX_{field.name.upper()}")
            if text:
                values[field.name] = _typed(field.name, text)
        values.setdefault("database", os.environ.get("DATABASE_URL", ""))
        values |= {name: value for name, value in given.items() if value is not None}
        return cls(**values)  # type: ignore[arg-type]


def _typed(name: str, text: str) -> object:
    if name == "port":
        return int(text)
    if name in ("clears_after", "tax_percent", "webhook_timeout", "poll_every"):
        return float(text)
    if name == "retry_after":
        return tuple(float(part) for part in text.split(","))
    if name == "webhook_events":
        return tuple(part.strip() for part in text.split(","))
    return text


def refuse_production() -> None:
    """Stop at once where real money is taken. Raises SystemExit."""
    if os.environ.get("PRACTICUM_ENV", "").strip().lower() == "production":
        raise SystemExit("The local Stripe does not start with PRACTICUM_ENV=production.")
