"""Practicum as the benchmark serves it: as always, but without the limits on how often one visitor may ask."""

from __future__ import annotations

from flask import Flask


def create() -> Flask:
    from app import create_app
    from foundation.limits import limiter

    app = create_app()
    limiter.enabled = False
    return app
