"""Customers: create, read, change, list."""

from flask import Blueprint

from payments.sandbox import listing, payment_methods
from payments.sandbox.answering import Call, endpoint
from payments.sandbox.events import emit
from payments.sandbox.ids import new_id
from payments.sandbox.payment_intents import merged
from payments.sandbox.shapes import ADDRESS, EXPAND, SHIPPING, Choice, Fields, Rows, Shape, Strings, Text
from payments.sandbox.shapes import listing as list_shape
from payments.sandbox.store import Json, Work

bp = Blueprint("customers", __name__)
PERSON: dict[str, Shape] = {
    "address": ADDRESS,
    "description": Text(may_unset=True),
    "email": Text(512, may_unset=True),
    "metadata": Strings(),
    "name": Text(256, may_unset=True),
    "phone": Text(20, may_unset=True),
    "preferred_locales": Rows(Text()),
    "shipping": SHIPPING,
    "tax_exempt": Choice("exempt", "none", "reverse"),
    "invoice_settings": Fields({"default_payment_method": Text()}),
    "expand": EXPAND,
}


def make(work: Work, given: Json) -> Json:
    customer = {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": given.get("address"),
        "balance": 0,
        "created": work.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": given.get("description"),
        "discount": None,
        "email": given.get("email"),
        "invoice_prefix": new_id("x", 8)[2:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "name": given.get("name"),
        "next_invoice_sequence": 1,
        "phone": given.get("phone"),
        "preferred_locales": given.get("preferred_locales", []),
        "shipping": given.get("shipping"),
        "tax_exempt": given.get("tax_exempt", "none"),
        "test_clock": given.get("test_clock"),
    }
    emit(work, "customer.created", work.add(customer))
    return customer


@endpoint(bp, "POST", "/v1/customers", Fields(PERSON | {"test_clock": Text(), "payment_method": Text()}))
def create_customer(call: Call) -> Json:
    if "test_clock" in call.params:
        call.work.get("test_helpers.test_clock", call.params["test_clock"], "test_clock")
    customer = make(call.work, call.params)
    if "payment_method" in call.params:
        method = payment_methods.named(call.work, call.params["payment_method"])
        payment_methods.attach(call.work, method, customer["id"])
    return _chosen(call.work, customer, call.params)


@endpoint(bp, "GET", "/v1/customers", list_shape(email=Text()))
def list_customers(call: Call) -> Json:
    return listing.page(call.work, "customer", call.params, "/v1/customers", ("email",))


@endpoint(bp, "GET", "/v1/customers/<id_>", Fields({"expand": EXPAND}))
def retrieve_customer(call: Call, id_: str) -> Json:
    return call.work.get("customer", id_)


@endpoint(bp, "POST", "/v1/customers/<id_>", Fields(PERSON))
def update_customer(call: Call, id_: str) -> Json:
    customer, params = call.work.get("customer", id_), dict(call.params)
    params.pop("expand", None)
    if "metadata" in params:
        params["metadata"] = merged(customer["metadata"], params["metadata"])
    _chosen(call.work, customer, params)
    params.pop("invoice_settings", None)
    before = {name: customer.get(name) for name in params}
    call.work.save(customer | params)
    emit(call.work, "customer.updated", customer | params, before)
    return customer | params


def _chosen(work: Work, customer: Json, params: Json) -> Json:
    """The card that invoices are taken from, where one is named."""
    named = params.get("invoice_settings", {}).get("default_payment_method")
    if named:
        method = payment_methods.named(work, named)
        if method["customer"] != customer["id"]:
            method = payment_methods.attach(work, method, customer["id"])
        customer["invoice_settings"] |= {"default_payment_method": method["id"]}
        work.save(customer)
    return customer
