"""Prices: what a product costs, once or each period."""

from flask import Blueprint

from payments.sandbox import listing, products
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid, required
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.payment_intents import merged
from payments.sandbox.shapes import (
    EXPAND,
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
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("prices", __name__)
TAX = Choice("exclusive", "inclusive", "unspecified")
RECURRING = Fields(
    {
        "interval": Choice("day", "month", "week", "year"),
        "interval_count": Integer(1, 36),
        "usage_type": Choice("licensed"),
    },
    need=("interval",),
)
PRODUCT_DATA = Fields(
    {
        "name": Text(),
        "description": Text(40000),
        "images": Rows(Text(), 8),
        "metadata": Strings(),
        "tax_code": Text(),
        "unit_label": Text(12),
    },
    need=("name",),
)
DESCRIBED: dict[str, Shape] = {
    "active": Boolean(),
    "lookup_key": Text(200),
    "metadata": Strings(),
    "nickname": Text(may_unset=True),
    "tax_behavior": TAX,
    "expand": EXPAND,
}
CREATE = Fields(
    DESCRIBED
    | {
        "currency": Text(3),
        "product": Text(),
        "product_data": PRODUCT_DATA,
        "unit_amount": Integer(0, 99999999),
        "billing_scheme": Choice("per_unit"),
        "recurring": RECURRING,
        "tiers": Unsupported(),
        "custom_unit_amount": Unsupported(),
    },
    need=("currency",),
)
INLINE = Fields(
    {
        "currency": Text(3),
        "product": Text(),
        "product_data": PRODUCT_DATA,
        "unit_amount": Integer(0, 99999999),
        "tax_behavior": TAX,
        "recurring": RECURRING,
        "unit_amount_decimal": Unsupported(),
    },
    need=("currency",),
)


def make(work: Work, given: Json, param: str = "", *, inline: bool = False) -> Json:
    """A new price; `inline` for one made inside a session, which can't be used again."""
    if "unit_amount" not in given:
        raise required(f"{param}[unit_amount]" if param else "unit_amount")
    if ("product" in given) == ("product_data" in given):
        raise invalid("You must specify exactly one of: product, product_data.", param or "product")
    if "product" in given:
        product = work.get("product", given["product"], "product")
    else:
        product = products.make(work, given["product_data"] | {"active": not inline}, tell=not inline)
    price = {
        "id": new_id("price"),
        "object": "price",
        "active": given.get("active", not inline),
        "billing_scheme": "per_unit",
        "created": work.now,
        "currency": given["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": given.get("lookup_key"),
        "metadata": given.get("metadata", {}),
        "nickname": given.get("nickname"),
        "product": product["id"],
        "recurring": _recurring(given),
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if "recurring" in given else "one_time",
        "unit_amount": given["unit_amount"],
        "unit_amount_decimal": str(given["unit_amount"]),
    }
    work.add(price)
    if not inline:
        emit(work, "price.created", price)
    return price


def _recurring(given: Json) -> Json | None:
    if "recurring" not in given:
        return None
    nothing = {"meter": None, "interval_count": 1, "usage_type": "licensed"}
    return nothing | dict(given["recurring"])


@endpoint(bp, "POST", "/v1/prices", CREATE)
def create_price(call: Call) -> Json:
    return make(call.work, call.params)


@endpoint(
    bp,
    "GET",
    "/v1/prices",
    list_shape(
        active=Boolean(),
        currency=Text(),
        product=Text(),
        type=Choice("one_time", "recurring"),
        lookup_keys=Rows(Text()),
    ),
)
def list_prices(call: Call) -> Json:
    more: listing.Conditions = {}
    if "lookup_keys" in call.params:
        more["body->>'lookup_key' = ANY(%s)"] = [call.params["lookup_keys"]]
    equal = ("active", "currency", "product", "type")
    return listing.page(call.work, "price", call.params, "/v1/prices", equal, more)


@endpoint(bp, "GET", "/v1/prices/<id_>", Fields({"expand": EXPAND}))
def retrieve_price(call: Call, id_: str) -> Json:
    return call.work.get("price", id_)


@endpoint(bp, "POST", "/v1/prices/<id_>", Fields(DESCRIBED))
def update_price(call: Call, id_: str) -> Json:
    price, params = call.work.get("price", id_), dict(call.params)
    params.pop("expand", None)
    if "metadata" in params:
        params["metadata"] = merged(price["metadata"], params["metadata"])
    emit(call.work, "price.updated", call.work.save(price | params), {name: price[name] for name in params})
    return price | params
