"""The local Stripe: a stand-in that speaks Stripe's own HTTP API, so a school can be tried with no account.

It runs as its own process, keeps its own books in its own schema, and shares no code with the product.
"""

from payments.sandbox.application import create_sandbox
from payments.sandbox.settings import SandboxSettings

__all__ = ["SandboxSettings", "create_sandbox"]
