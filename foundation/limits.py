"""How often one visitor may ask; kept in Valkey, in memory while that is down."""

from __future__ import annotations

import ipaddress

from flask import Flask, request
from flask_limiter import Limiter

from foundation.config import Settings


def visitor() -> str:
    """The visitor's address; of an IPv6 one the /64, which is what one household has."""
    raw = request.remote_addr or "127.0.0.1"
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return raw
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{raw}/64", strict=False))
    return raw


limiter = Limiter(visitor, headers_enabled=True)


def init_limits(app: Flask, settings: Settings) -> None:
    redis_url = settings.redis_url.replace("unix://", "redis+unix://", 1)
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    if redis_url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1}
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    app.config["RATELIMIT_KEY_PREFIX"] = "practicum"
    limiter.init_app(app)
    app.before_request_funcs[None].remove(limiter._check_request_limit)  # it minds limits for all; ours stand at views
