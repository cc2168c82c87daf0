"""Settings: environment variables, read once into one typed object. `docs/settings.md` lists them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development-only-secret-not-for-real-schools"
DEVELOPMENT_FERNET_KEY = "cHJhY3RpY3VtLWRldmVsb3BtZW50LW9ubHkta2V5ISE="
LOCAL_STRIPE_KEY = "sk_test_local_practicum"
LOCAL_WEBHOOK_SECRET = "whsec_local_practicum"
ADDRESSES = "addresses.json"
"""Under `var/`: where the last `make run` put the site, the mailbox and the local Stripe."""


class SettingsError(Exception):
    """A setting is wrong; the message names it."""


def setting(env: str, default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"env": env, "help": help_text})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of a Practicum installation, with the environment variable that sets it."""

    env: str = setting("PRACTICUM_ENV", "development", "`development`, `test` or `production`.")
    secret_key: str = setting(
        "PRACTICUM_SECRET_KEY",
        DEVELOPMENT_SECRET,
        "Signs sessions and links. At least 32 characters in production.",
    )
    password_salt: str = setting(
        "PRACTICUM_PASSWORD_SALT", DEVELOPMENT_SECRET, "Peppers passwords before argon2. Never change it."
    )
    fernet_keys: tuple[str, ...] = setting(
        "PRACTICUM_FERNET_KEYS",
        (DEVELOPMENT_FERNET_KEY,),
        "Keys that encrypt clients' names, newest first, separated by commas.",
    )
    database_url: str = setting(
        "DATABASE_URL", "", "PostgreSQL. Empty: the embedded PostgreSQL under `var/` is found or started."
    )
    redis_url: str = setting("REDIS_URL", "", "Valkey or Redis. Empty: the embedded Valkey under `var/`.")
    var: str = setting("PRACTICUM_VAR", str(ROOT / "var"), "Where the embedded servers, uploads and assets live.")
    base_url: str = setting(
        "PRACTICUM_BASE_URL",
        "http://127.0.0.1:5000",
        "The address people see; links in letters begin with it.",
    )
    trusted_proxies: int = setting("PRACTICUM_TRUSTED_PROXIES", 0, "How many proxies stand in front (X-Forwarded-For).")
    school_name: str = setting("PRACTICUM_SCHOOL_NAME", "Fernhollow School of Coaching", "The school's name.")
    school_email: str = setting("PRACTICUM_SCHOOL_EMAIL", "fernhollow@example.com", "Where replies to letters go.")
    school_address: str = setting(
        "PRACTICUM_SCHOOL_ADDRESS",
        "12 Weir Street, Fernhollow, Vermont",
        "Postal address, shown in letters and on receipts.",
    )
    school_tax_number: str = setting(
        "PRACTICUM_SCHOOL_TAX_NUMBER", "", "The school's own tax number, shown on invoices to employers."
    )
    bank_details: str = setting(
        "PRACTICUM_BANK_DETAILS",
        "Fernhollow School of Coaching | Weir Street Savings | Routing 000000000 | Account 0000000000",
        "How employers pay by bank transfer; a bar begins a new line. Shown on invoices.",
    )
    time_zone: str = setting("PRACTICUM_TIME_ZONE", "America/New_York", "The school's own time zone.")
    currency: str = setting("PRACTICUM_CURRENCY", "USD", "Currency of new cohorts (ISO 4217).")
    smtp_url: str = setting(
        "SMTP_URL",
        "smtp://127.0.0.1:5025",
        "`smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`.",
    )
    mail_from: str = setting("PRACTICUM_MAIL_FROM", "school@example.com", "Sender of every letter.")
    mail_domain: str = setting("PRACTICUM_MAIL_DOMAIN", "mail.example.com", "Right side of every Message-ID.")
    mail_allowed: tuple[str, ...] = setting(
        "PRACTICUM_MAIL_ALLOWED",
        (),
        "Outside production, letters go to example.com, .test and .invalid only, and to these domains.",
    )
    mail_webhooks: tuple[str, ...] = setting(
        "PRACTICUM_MAIL_WEBHOOKS",
        (),
        "Secrets of `/webhooks/mail/<provider>`: `postmark=user:password`, `sendgrid=PUBLIC KEY`, `mailgun=KEY`.",
    )
    guide: str = setting(
        "PRACTICUM_GUIDE", str(ROOT / "demo" / "content" / "guide.md"), "The free guide's text, in Markdown."
    )
    stripe_key: str = setting("STRIPE_SECRET_KEY", LOCAL_STRIPE_KEY, "Stripe's key. Unset: the local Stripe.")
    stripe_webhook_secrets: tuple[str, ...] = setting(
        "STRIPE_WEBHOOK_SECRETS",
        (LOCAL_WEBHOOK_SECRET,),
        "Signing secrets, tried in turn (two while rolling).",
    )
    stripe_api_base: str = setting(
        "STRIPE_API_BASE",
        "http://127.0.0.1:5042",
        "Address of the local Stripe; not read when a real key is set.",
    )
    stripe_tax: str = setting(
        "PRACTICUM_STRIPE_TAX",
        "off",
        "Stripe Tax: `off`, `exclusive` (tax comes on top of prices) or `inclusive` (prices hold it already).",
    )
    sentry_dsn: str = setting("SENTRY_DSN", "", "Reports errors to Sentry when set (needs the `sentry` extra).")
    log_level: str = setting("PRACTICUM_LOG_LEVEL", "INFO", "Level of the JSON logs.")
    metrics_token: str = setting("PRACTICUM_METRICS_TOKEN", "", "Bearer token for `/metrics`; required in production.")

    @property
    def in_production(self) -> bool:
        return self.env == "production"

    @property
    def uses_local_stripe(self) -> bool:
        return self.stripe_key == LOCAL_STRIPE_KEY

    @property
    def stripe_livemode(self) -> bool:
        return self.stripe_key.startswith(("sk_live_", "rk_live_"))

    @property
    def mail_webhook_secrets(self) -> dict[str, str]:
        """Provider -> secret. A secret may hold an equals sign."""
        pairs = (entry.partition("=") for entry in self.mail_webhooks)
        return {provider: secret for provider, _, secret in pairs if secret}

    @property
    def var_path(self) -> Path:
        return Path(self.var)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check. Raises SettingsError that names the setting."""
        values = {f.name: _read(f, environ) for f in fields(cls) if f.metadata["env"] in environ}
        made = cls(**values)
        _check(made)
        return made


def _read(spec: Any, environ: Mapping[str, str]) -> Any:
    raw, name = environ[spec.metadata["env"]], spec.metadata["env"]
    assert spec.default is not MISSING
    if isinstance(spec.default, tuple):
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    if isinstance(spec.default, int):
        try:
            return int(raw)
        except ValueError:
            raise SettingsError(f"{name}: {raw!r} is not a whole number") from None
    return raw


def _check(s: Settings) -> None:
    if s.env not in {"development", "test", "production"}:
        raise SettingsError("PRACTICUM_ENV: is development, test or production")
    if s.stripe_tax not in {"off", "exclusive", "inclusive"}:
        raise SettingsError("PRACTICUM_STRIPE_TAX: is off, exclusive or inclusive")
    if s.stripe_livemode and not s.in_production:
        raise SettingsError("STRIPE_SECRET_KEY: a live key needs PRACTICUM_ENV=production")
    if s.in_production:
        for wrong, message in _production_faults(s):
            if wrong:
                raise SettingsError(message)


def _production_faults(s: Settings) -> list[tuple[bool, str]]:
    return [
        (
            s.secret_key == DEVELOPMENT_SECRET,
            "PRACTICUM_SECRET_KEY: the default secret can't be used in production",
        ),
        (len(s.secret_key) < 32, "PRACTICUM_SECRET_KEY: at least 32 characters"),
        (
            s.password_salt == DEVELOPMENT_SECRET,
            "PRACTICUM_PASSWORD_SALT: the default can't be used in production",
        ),
        (
            DEVELOPMENT_FERNET_KEY in s.fernet_keys,
            "PRACTICUM_FERNET_KEYS: the default key can't be used in production",
        ),
        (not s.database_url, "DATABASE_URL: name the production database"),
        (not s.redis_url, "REDIS_URL: name the production Valkey or Redis"),
        (not s.base_url.startswith("https://"), "PRACTICUM_BASE_URL: must begin with https://"),
        (s.smtp_url == Settings.from_env({}).smtp_url, "SMTP_URL: name the mail server"),
        (s.uses_local_stripe, "STRIPE_SECRET_KEY: the local Stripe can't be used in production"),
        (
            any(w == LOCAL_WEBHOOK_SECRET for w in s.stripe_webhook_secrets) or not s.stripe_webhook_secrets,
            "STRIPE_WEBHOOK_SECRETS: name the endpoint's signing secret",
        ),
        (not s.metrics_token, "PRACTICUM_METRICS_TOKEN: set a token, or /metrics is open to all"),
    ]


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_env(_of_the_run(os.environ) | os.environ)


def _of_the_run(environ: Mapping[str, str]) -> dict[str, str]:
    """The addresses of the `make run` under this `var/`: commands beside it speak with what runs there, on any port."""
    told = Path(environ.get("PRACTICUM_VAR") or ROOT / "var") / ADDRESSES
    if environ.get("PRACTICUM_ENV", "development") != "development":
        return {}
    try:
        return dict(json.loads(told.read_text()))
    except (OSError, ValueError):
        return {}
