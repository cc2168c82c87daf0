"""The doctor looks whether Stripe would tell us what we have to hear."""

from __future__ import annotations

import pytest

from payments import gateway, listening
from payments.gateway import API_VERSION, TOLD

SCHOOL = "https://school.example.com"


@pytest.fixture
def faults_of(app):
    """What is said of an endpoint that differs in a few things from a sound one."""

    def look(**other):
        from dataclasses import replace

        found = {"url": f"{SCHOOL}/webhooks/stripe", "status": "enabled", "enabled_events": list(TOLD)}
        found |= {"api_version": API_VERSION, "livemode": False} | other
        settings = replace(app.config["SETTINGS"], base_url=SCHOOL, stripe_key="rk_test_1")
        return listening.faults([found], settings)

    return look


def test_a_sound_endpoint_is_sound(faults_of):
    assert faults_of() == []
    assert faults_of(enabled_events=["*"], api_version=None) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"url": "https://elsewhere.example.com/webhooks/stripe"}, f"no endpoint at Stripe writes to {SCHOOL}"),
        ({"status": "disabled"}, "disabled at Stripe"),
        ({"enabled_events": [name for name in TOLD if name != "invoice.paid"]}, "does not tell of invoice.paid"),
        ({"api_version": "2020-08-27"}, "speaks 2020-08-27"),
        ({"livemode": True}, "of the other mode"),
    ],
    ids=["another address", "disabled", "an event is missing", "an old version", "live"],
)
def test_what_is_wrong_with_the_endpoint_is_named(faults_of, other, said):
    (fault,) = faults_of(**other)
    assert said in fault


def test_the_local_stripe_tells_all(app, local_stripe):
    with app.app_context():
        assert listening.faults(gateway.webhook_endpoints(), app.config["SETTINGS"]) == []
