"""Settings are documented, and a dangerous one keeps the program from starting."""

from dataclasses import fields

import pytest

from foundation.config import DEVELOPMENT_SECRET, Settings, SettingsError
from tests.house.reading import ROOT

SOUND = {
    "PRACTICUM_ENV": "production",
    "PRACTICUM_SECRET_KEY": "s" * 40,
    "PRACTICUM_PASSWORD_SALT": "p" * 40,
    "PRACTICUM_FERNET_KEYS": "Zm9yLXRlc3RzLW9ubHktMzItYnl0ZXMtbG9uZy1rZXk=",
    "DATABASE_URL": "postgresql://school@db.example.com/practicum",
    "REDIS_URL": "rediss://cache.example.com:6379/0",
    "PRACTICUM_BASE_URL": "https://school.example.com",
    "SMTP_URL": "smtps://user:word@mail.example.com:465",
    "STRIPE_SECRET_KEY": "rk_live_123",
    "STRIPE_WEBHOOK_SECRETS": "whsec_abc",
    "PRACTICUM_METRICS_TOKEN": "m" * 24,
}


def test_every_setting_is_documented():
    told = (ROOT / "docs" / "settings.md").read_text()
    assert not [f.metadata["env"] for f in fields(Settings) if f"`{f.metadata['env']}`" not in told]


def test_a_sound_production_starts():
    assert Settings.from_env(SOUND).in_production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRACTICUM_SECRET_KEY", DEVELOPMENT_SECRET),
        ("PRACTICUM_SECRET_KEY", "short"),
        ("PRACTICUM_PASSWORD_SALT", DEVELOPMENT_SECRET),
        ("PRACTICUM_FERNET_KEYS", None),
        ("DATABASE_URL", None),
        ("REDIS_URL", None),
        ("PRACTICUM_BASE_URL", "http://school.example.com"),
        ("SMTP_URL", None),
        ("STRIPE_SECRET_KEY", None),
        ("STRIPE_WEBHOOK_SECRETS", None),
        ("STRIPE_WEBHOOK_SECRETS", ""),
        ("PRACTICUM_METRICS_TOKEN", None),
        ("PRACTICUM_TRUSTED_PROXIES", "two"),
        ("PRACTICUM_ENV", "prod"),
    ],
)
def test_a_dangerous_production_does_not_start_and_says_which_setting_is_wrong(name, value):
    given = {k: v for k, v in (SOUND | {name: value}).items() if v is not None}
    with pytest.raises(SettingsError, match=name):
        Settings.from_env(given)


def test_a_live_key_does_not_start_in_development():
    with pytest.raises(SettingsError, match="STRIPE_SECRET_KEY"):
        Settings.from_env({"STRIPE_SECRET_KEY": "sk_live_123"})
