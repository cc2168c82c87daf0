"""Practicum: joins the rooms, decides nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import desk.navigation
from accounts.identifying import init_accounts
from foundation import (
    access,
    asking,
    assets,
    compressing,
    connecting,
    embedded,
    errors,
    filters,
    forms,
    greeting,
    headers,
    jobs,
    limits,
    logs,
)
from foundation.application import Application
from foundation.config import Settings, settings
from foundation.db import db, sqlalchemy_url
from payments import doorkeeping
from rooms import register_rooms
from tasks.timetable import TIMETABLE


def create_app(given: Settings | None = None) -> Flask:
    """The application. Without a DATABASE_URL the embedded PostgreSQL under `var/` is found or started."""
    chosen = _with_servers(given or settings())
    app = Application("practicum", root_path=str(Path(__file__).resolve().parent), static_folder=None)
    _configure(app, chosen)
    logs.init_logs(chosen)
    compressing.init_compressing(app)
    db.init_app(app)
    with app.app_context():
        connecting.init_connecting(db.engine)
    asking.init_asking(app)
    Migrate(app, db, directory="migrations")
    forms.csrf.init_app(app)
    limits.init_limits(app, chosen)
    greeting.init_greeting(app)
    headers.init_headers(app, secure=chosen.in_production, stripe_origin=_payment_page(chosen))
    access.init_access(app)
    errors.init_errors(app)
    filters.init_filters(app)
    jobs.init_jobs(app, chosen, TIMETABLE)
    init_accounts(app, chosen)
    register_rooms(app)
    desk.navigation.init_navigation(app)
    assets.init_assets(app, chosen.var_path)
    doorkeeping.init_door(app)
    if chosen.trusted_proxies:
        n = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app


def _with_servers(chosen: Settings) -> Settings:
    if not chosen.database_url:
        chosen = replace(chosen, database_url=embedded.start_postgres(chosen.var_path))
    return chosen if chosen.redis_url else replace(chosen, redis_url=embedded.valkey_url(chosen.var_path))


def _payment_page(chosen: Settings) -> str:
    """Where our redirects lead after a form: the payment page, an invoice, the customer's own page."""
    if chosen.uses_local_stripe:
        return chosen.stripe_api_base
    return "https://checkout.stripe.com https://invoice.stripe.com https://billing.stripe.com"


def _configure(app: Flask, chosen: Settings) -> None:
    app.config.update(
        SETTINGS=chosen,
        SECRET_KEY=chosen.secret_key,
        SQLALCHEMY_DATABASE_URI=sqlalchemy_url(chosen.database_url),
        SQLALCHEMY_ENGINE_OPTIONS={
            "isolation_level": "AUTOCOMMIT",
            "pool_size": 5,
            "max_overflow": 10,
            "pool_reset_on_return": None,
        },
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.in_production,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=chosen.in_production,
        MAX_CONTENT_LENGTH=20 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=chosen.env == "test",
    )
