"""Coupons and promotion codes: what they are, and what they take off."""

from flask import Blueprint

from payments.sandbox import listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid, missing
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.shapes import (
    EXPAND,
    Boolean,
    Choice,
    Decimal,
    Fields,
    Integer,
    Rows,
    Strings,
    Text,
    Unsupported,
)
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("discounts", __name__)
COUPON = Fields(
    {
        "id": Text(),
        "name": Text(40),
        "amount_off": Integer(1),
        "percent_off": Decimal(),
        "currency": Text(3),
        "duration": Choice("forever", "once", "repeating"),
        "duration_in_months": Integer(1),
        "max_redemptions": Integer(1),
        "redeem_by": Integer(),
        "metadata": Strings(),
        "applies_to": Unsupported(),
        "expand": EXPAND,
    }
)
PROMOTION = Fields({"type": Choice("coupon"), "coupon": Text()}, need=("type", "coupon"))
CODE = Fields(
    {
        "promotion": PROMOTION,
        "code": Text(500),
        "active": Boolean(),
        "max_redemptions": Integer(1),
        "expires_at": Integer(),
        "metadata": Strings(),
        "customer": Unsupported(),
        "restrictions": Unsupported(),
        "expand": EXPAND,
    },
    need=("promotion",),
)
DISCOUNTS = Rows(Fields({"coupon": Text(), "promotion_code": Text()}), 1)


@endpoint(bp, "POST", "/v1/coupons", COUPON)
def create_coupon(call: Call) -> Json:
    given = call.params
    if ("amount_off" in given) == ("percent_off" in given):
        raise invalid("You must pass either amount_off or percent_off.", "percent_off")
    if "amount_off" in given and "currency" not in given:
        raise invalid("You must pass currency when passing amount_off.", "currency")
    if not 0 < given.get("percent_off", 1) <= 100:
        raise invalid("Invalid decimal: percent_off must be between 0 and 100.", "percent_off")
    coupon = {
        "id": given.get("id") or new_id("", 8)[1:],
        "object": "coupon",
        "amount_off": given.get("amount_off"),
        "created": call.work.now,
        "currency": given.get("currency"),
        "duration": given.get("duration", "once"),
        "duration_in_months": given.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": given.get("max_redemptions"),
        "metadata": given.get("metadata", {}),
        "name": given.get("name"),
        "percent_off": given.get("percent_off"),
        "redeem_by": given.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    if call.work.find(coupon["id"]):
        raise invalid("Coupon already exists.", "id", "resource_already_exists")
    emit(call.work, "coupon.created", call.work.add(coupon))
    return coupon


@endpoint(bp, "GET", "/v1/coupons", list_shape())
def list_coupons(call: Call) -> Json:
    return listing.page(call.work, "coupon", call.params, "/v1/coupons")


@endpoint(bp, "GET", "/v1/coupons/<id_>", Fields({"expand": EXPAND}))
def retrieve_coupon(call: Call, id_: str) -> Json:
    return call.work.get("coupon", id_, "coupon")


@endpoint(bp, "POST", "/v1/promotion_codes", CODE)
def create_promotion_code(call: Call) -> Json:
    given = call.params
    call.work.get("coupon", given["promotion"]["coupon"], "promotion[coupon]")
    code = {
        "id": new_id("promo"),
        "object": "promotion_code",
        "active": given.get("active", True),
        "code": given.get("code") or new_id("", 8)[1:].upper(),
        "created": call.work.now,
        "customer": None,
        "expires_at": given.get("expires_at"),
        "livemode": False,
        "max_redemptions": given.get("max_redemptions"),
        "metadata": given.get("metadata", {}),
        "promotion": given["promotion"],
        "restrictions": {
            "first_time_transaction": False,
            "minimum_amount": None,
            "minimum_amount_currency": None,
        },
        "times_redeemed": 0,
    }
    if code["active"] and find_code(call.work, code["code"]):
        raise invalid("An active promotion code with `code` already exists.", "code", "resource_already_exists")
    emit(call.work, "promotion_code.created", call.work.add(code))
    return code


@endpoint(bp, "GET", "/v1/promotion_codes", list_shape(active=Boolean(), code=Text()))
def list_promotion_codes(call: Call) -> Json:
    return listing.page(call.work, "promotion_code", call.params, "/v1/promotion_codes", ("active", "code"))


@endpoint(bp, "GET", "/v1/promotion_codes/<id_>", Fields({"expand": EXPAND}))
def retrieve_promotion_code(call: Call, id_: str) -> Json:
    return call.work.get("promotion_code", id_, "promotion_code")


def find_code(work: Work, text: str) -> Json | None:
    """The active promotion code that a buyer typed; capitals don't matter."""
    found: Json | None = work.value(
        "SELECT body FROM object WHERE kind = 'promotion_code' AND lower(body->>'code') = lower(%s)"
        " AND body->>'active' = 'true' ORDER BY seq DESC LIMIT 1",
        text,
    )
    return found if found and _usable(work, found, found["expires_at"]) else None


def _usable(work: Work, thing: Json, until: int | None) -> bool:
    used_up = thing["max_redemptions"] is not None and thing["times_redeemed"] >= thing["max_redemptions"]
    return not used_up and (until is None or until > work.now)


def coupon_of(work: Work, discount: Json) -> Json:
    """The coupon behind a discount of a session. Raises ApiError when it can't be used now."""
    if promo_id := discount.get("promotion_code"):
        promo = work.get("promotion_code", promo_id, "discounts[0][promotion_code]")
        if not promo["active"] or not _usable(work, promo, promo["expires_at"]):
            raise invalid("This promotion code is not active or has been used up.", "discounts")
        return work.get("coupon", promo["promotion"]["coupon"], "discounts")
    if not discount.get("coupon"):
        raise missing("coupon", "", "discounts[0][coupon]")
    coupon = work.get("coupon", discount["coupon"], "discounts[0][coupon]")
    if not _usable(work, coupon, coupon["redeem_by"]):
        raise invalid("This coupon has expired or has been used up.", "discounts", "coupon_expired")
    return coupon


def taken_off(coupon: Json, amount: int, currency: str) -> int:
    """Cents off an amount; never more than the amount."""
    if coupon["percent_off"] is not None:
        return int(min(round(amount * coupon["percent_off"] / 100), amount))
    if coupon["currency"] != currency:
        raise invalid(f"This coupon takes off {coupon['currency']}, but the session is in {currency}.", "discounts")
    return min(int(coupon["amount_off"]), amount)


def redeem(work: Work, discounts: list[Json]) -> None:
    """Counts the use of each coupon, and of the code that led to it."""
    for discount in discounts:
        coupon_id = discount["coupon"]
        if discount["promotion_code"]:
            code = work.get("promotion_code", discount["promotion_code"])
            coupon_id = code["promotion"]["coupon"]
            work.save(code | {"times_redeemed": code["times_redeemed"] + 1})
        if coupon_id:
            thing = work.get("coupon", coupon_id)
            work.save(thing | {"times_redeemed": thing["times_redeemed"] + 1})
