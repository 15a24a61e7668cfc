"""Customers."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import listable, retrievable
from ..metadata import merged
from ..operations import Call, operation
from .payment_methods import attach_to
from .subscription_endings import end_subscription
from .test_clocks import check_exists

_PLAIN = (
    "business_name", "description", "email", "individual_name", "name", "phone", "preferred_locales", "tax_exempt",
    "next_invoice_sequence", "invoice_prefix", "balance",
)  # fmt: skip
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")

listable("customers.list", "customer", "email", "test_clock")
retrievable("customers.retrieve", "customer", also_deleted=True)


@operation("customers.create")
def create(call: Call) -> Object:
    """A new customer, with a payment method attached if one is named."""
    account, params = call.account, call.params
    customer: Object = {
        "id": account.new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": account.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": account.new_id("", 8)[1:].upper(),
        "invoice_settings": _no_invoice_settings(),
        "livemode": False,
        "metadata": merged({}, params.get("metadata", {})),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": params.get("test_clock"),
    }
    _check(params)
    check_exists(account, params.get("test_clock"))
    _apply(customer, params)
    account.add(customer)
    account.emit("customer.created", customer)
    attached = (
        attach_to(account, params["payment_method"], customer) if params.get("payment_method") else None
    )
    given = params.get("invoice_settings")
    if given and attached and given.get("default_payment_method") == params["payment_method"]:
        # A test card named twice is one card (page "Test clocks", which makes its customer like this).
        given = given | {"default_payment_method": attached["id"]}
    _apply_invoice_settings(account, customer, given)
    return account.render(customer)


@operation("customers.update")
def update(call: Call) -> Object:
    """Change what is given; metadata is merged."""
    account, params = call.account, call.params
    customer = account.get("customer", call.id)
    _check(params)
    metadata = merged(customer["metadata"], params.get("metadata", {}))
    with account.changing(customer, "customer.updated"):
        customer["metadata"] = metadata
        _apply(customer, params)
        _apply_invoice_settings(account, customer, params.get("invoice_settings"))
    return account.render(customer)


@operation("customers.delete")
def delete(call: Call) -> Object:
    """Delete for good; subscriptions end. The id keeps answering, with `deleted`."""
    account = call.account
    customer = account.get("customer", call.id)
    for subscription in list(account.all("subscription")):
        if subscription["customer"] == customer["id"] and subscription["status"] != "canceled":
            end_subscription(account, subscription, "cancellation_requested")
    account.emit("customer.deleted", customer)
    account.collections["customer"].remove(customer["id"])
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    account.objects[customer["id"]] = gone
    return gone


def _check(params: dict[str, Any]) -> None:
    email = params.get("email")
    if email and ("@" not in email or email != email.strip() or len(email) > 512):
        raise InvalidRequest(f"Invalid email address: {email}", code="email_invalid", param="email")


def _apply(customer: Object, params: dict[str, Any]) -> None:
    for name in _PLAIN:
        if name in params:
            customer[name] = params[name]
    if customer["tax_exempt"] is None:
        customer["tax_exempt"] = "none"
    if "address" in params:
        customer["address"] = address(params["address"])
    if "shipping" in params:
        given = params["shipping"]
        customer["shipping"] = given and {"phone": None, **given, "address": address(given["address"])}


def address(given: dict[str, Any] | None) -> Object | None:
    """An address with every part, null where nothing was given."""
    return None if given is None else {part: given.get(part) for part in _ADDRESS}


def _no_invoice_settings() -> Object:
    return {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}


def _apply_invoice_settings(account: Account, customer: Object, given: dict[str, Any] | None) -> None:
    if given is None:
        return
    method = given.get("default_payment_method")
    if method:
        found = account.get("payment_method", method, "invoice_settings[default_payment_method]")
        if found["customer"] != customer["id"]:
            raise InvalidRequest(
                f"The customer does not have a payment method with the ID {method}. The payment method must be attached"
                " to the customer.",
                code="resource_missing",
                param="invoice_settings[default_payment_method]",
            )
    customer["invoice_settings"] = customer["invoice_settings"] | given
