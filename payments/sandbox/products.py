"""Products: what is sold."""

from flask import Blueprint

from payments.sandbox import listing
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.errors import invalid
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.payment_intents import merged
from payments.sandbox.shapes import EXPAND, Boolean, Fields, Rows, Shape, Strings, Text, Unsupported
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("products", __name__)
DESCRIBED: dict[str, Shape] = {
    "active": Boolean(),
    "description": Text(40000, may_unset=True),
    "images": Rows(Text(), 8),
    "metadata": Strings(),
    "name": Text(),
    "statement_descriptor": Text(22),
    "tax_code": Text(),
    "unit_label": Text(12),
    "url": Text(),
    "expand": EXPAND,
}


def make(work: Work, given: Json, *, tell: bool = True) -> Json:
    product = {
        "id": given.get("id") or new_id("prod", 14),
        "object": "product",
        "active": given.get("active", True),
        "created": work.now,
        "default_price": None,
        "description": given.get("description"),
        "images": given.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": given.get("metadata", {}),
        "name": given["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": given.get("statement_descriptor"),
        "tax_code": given.get("tax_code"),
        "unit_label": given.get("unit_label"),
        "updated": work.now,
        "url": given.get("url"),
    }
    if work.find(product["id"]):
        raise invalid(f"Product already exists: {product['id']}", "id", "resource_already_exists")
    work.add(product)
    if tell:
        emit(work, "product.created", product)
    return product


@endpoint(
    bp,
    "POST",
    "/v1/products",
    Fields(DESCRIBED | {"id": Text(), "default_price_data": Unsupported()}, need=("name",)),
)
def create_product(call: Call) -> Json:
    return make(call.work, call.params)


@endpoint(bp, "GET", "/v1/products", list_shape(active=Boolean(), url=Text()))
def list_products(call: Call) -> Json:
    return listing.page(call.work, "product", call.params, "/v1/products", ("active", "url"))


@endpoint(bp, "GET", "/v1/products/<id_>", Fields({"expand": EXPAND}))
def retrieve_product(call: Call, id_: str) -> Json:
    return call.work.get("product", id_)


@endpoint(bp, "POST", "/v1/products/<id_>", Fields(DESCRIBED))
def update_product(call: Call, id_: str) -> Json:
    product, params = call.work.get("product", id_), dict(call.params)
    params.pop("expand", None)
    if "metadata" in params:
        params["metadata"] = merged(product["metadata"], params["metadata"])
    changed = product | params | {"updated": call.work.now}
    emit(call.work, "product.updated", call.work.save(changed), {name: product[name] for name in params})
    return changed
