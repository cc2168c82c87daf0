"""What a Checkout Session can be created with; what needs more of Stripe is refused by name."""

from payments.sandbox.discounts import DISCOUNTS
from payments.sandbox.payment_methods import TYPES
from payments.sandbox.prices import INLINE
from payments.sandbox.shapes import (
    EXPAND,
    SHIPPING,
    Boolean,
    Choice,
    Fields,
    Integer,
    Rows,
    Shape,
    Strings,
    Text,
    Unsupported,
)


class Off:
    """A group that may only be switched off."""

    def read(self, value: object, param: str) -> dict[str, bool]:
        if value != {"enabled": "false"}:
            return {"enabled": bool(Unsupported().read(value, param))}
        return {"enabled": False}


ENABLED = Fields({"enabled": Boolean()}, need=("enabled",))
MESSAGE = Fields({"message": Text(1200)}, need=("message",))
LINE = Fields(
    {"price": Text(), "price_data": INLINE, "quantity": Integer(1, 999999), "metadata": Strings()},
    need=("quantity",),
)
INTENT_DATA = Fields(
    {
        "description": Text(1000),
        "metadata": Strings(),
        "receipt_email": Text(),
        "setup_future_usage": Choice("off_session", "on_session"),
        "shipping": SHIPPING,
        "statement_descriptor": Text(22),
        "statement_descriptor_suffix": Text(22),
        "capture_method": Choice("automatic", "automatic_async"),
        "transfer_data": Unsupported(),
        "application_fee_amount": Unsupported(),
    }
)
SUBSCRIPTION_DATA = Fields(
    {
        "description": Text(500),
        "metadata": Strings(),
        "proration_behavior": Choice("create_prorations", "none"),
        "trial_period_days": Unsupported(),
        "trial_end": Unsupported(),
        "billing_cycle_anchor": Unsupported(),
        "transfer_data": Unsupported(),
    }
)
CONSENT = Fields({"terms_of_service": Choice("none", "required"), "promotions": Choice("auto", "none")})
CUSTOM_TEXT = Fields(
    dict.fromkeys(("after_submit", "submit", "terms_of_service_acceptance", "shipping_address"), MESSAGE)
)
NOT_HERE = (
    "setup_intent_data", "shipping_options", "shipping_address_collection",
    "custom_fields", "optional_items", "after_expiration", "managed_payments", "payment_method_options",
    "payment_method_data", "wallet_options", "customer_account", "saved_payment_method_options",
    "payment_method_configuration", "permissions", "name_collection", "return_url",
)  # fmt: skip

TAKEN: dict[str, Shape] = {
    "mode": Choice("payment", "subscription", "setup"),
    "ui_mode": Choice("hosted_page", "embedded_page", "elements"),
    "success_url": Text(),
    "cancel_url": Text(),
    "line_items": Rows(LINE),
    "client_reference_id": Text(200),
    "customer": Text(),
    "customer_email": Text(800),
    "customer_creation": Choice("always", "if_required"),
    "customer_update": Fields({name: Choice("auto", "never") for name in ("address", "name", "shipping")}),
    "expires_at": Integer(),
    "metadata": Strings(),
    "payment_intent_data": INTENT_DATA,
    "payment_method_types": Rows(Choice(*TYPES)),
    "excluded_payment_method_types": Rows(Text()),
    "allow_promotion_codes": Boolean(),
    "discounts": DISCOUNTS,
    "adaptive_pricing": ENABLED,
    "automatic_tax": ENABLED,
    "subscription_data": SUBSCRIPTION_DATA,
    "invoice_creation": Off(),
    "tax_id_collection": Off(),
    "billing_address_collection": Choice("auto", "required"),
    "consent_collection": CONSENT,
    "custom_text": CUSTOM_TEXT,
    "phone_number_collection": ENABLED,
    "locale": Text(),
    "submit_type": Choice("auto", "book", "donate", "pay", "subscribe"),
    "currency": Text(3),
    "origin_context": Choice("mobile_app", "web"),
    "branding_settings": Fields({"display_name": Text()}),
    "integration_identifier": Text(),
    "payment_method_collection": Choice("always", "if_required"),
    "expand": EXPAND,
}
CREATE = Fields(TAKEN | {name: Unsupported() for name in NOT_HERE})
