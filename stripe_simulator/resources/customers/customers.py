"""Customers."""

from typing import Any

from ...errors import InvalidRequest
from ...expansion import INCLUDABLE
from ...listing import embedded_list, listable, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from ..payment_methods.payment_methods import attach_to
from ..test_clocks import check_exists
from .attributes import apply, check
from .balance import set_balance
from .tax_ids import check_tax_ids, new_tax_id

listable("customers.list", "customer", "email", "test_clock")
retrievable("customers.retrieve", "customer", also_deleted=True)


@operation("customers.create")
def create(call: Call) -> Object:
    """Create a customer, and attach a payment method if one is named."""
    account, params = call.account, call.params
    check(params)
    check_exists(account, params.get("test_clock"))
    check_tax_ids(params.get("tax_id_data") or [])
    customer = account.add(_new_customer(account, params))
    apply(customer, params)
    set_balance(account, customer, params.get("balance"), "initial")
    for given in params.get("tax_id_data") or []:
        new_tax_id(account, customer, given)
    account.emit("customer.created", customer)
    _attach_first(account, customer, params)
    return account.render(customer)


def _new_customer(account: Account, params: dict[str, Any]) -> Object:
    return {
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


def _attach_first(account: Account, customer: Object, params: dict[str, Any]) -> None:
    given, named = params.get("invoice_settings"), params.get("payment_method")
    attached = attach_to(account, named, customer) if named else None
    if given and attached and given.get("default_payment_method") == named:
        # A test card named twice is one card (page "Test clocks", which makes its customer like this).
        given = given | {"default_payment_method": attached["id"]}
    _apply_invoice_settings(account, customer, given)


@operation("customers.update")
def update(call: Call) -> Object:
    """Change what is given; metadata is merged."""
    account, params = call.account, call.params
    customer = account.get("customer", call.id)
    check(params)
    metadata = merged(customer["metadata"], params.get("metadata", {}))
    with account.changing(customer, "customer.updated"):
        customer["metadata"] = metadata
        apply(customer, params)
        set_balance(account, customer, params.get("balance"))
        _apply_invoice_settings(account, customer, params.get("invoice_settings"))
    return account.render(customer)


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


def _subscriptions(account: Account, customer: Object) -> Object:
    ended = ("canceled", "incomplete_expired")
    owned = (
        subscription
        for subscription in account.having("subscription", "customer", customer["id"])
        if subscription["status"] not in ended
    )
    return embedded_list(account, owned, f"/v1/customers/{customer['id']}/subscriptions")


INCLUDABLE["customer", "subscriptions"] = _subscriptions
INCLUDABLE["customer", "cash_balance"] = lambda account, customer: None
INCLUDABLE["customer", "tax"] = lambda account, customer: {
    "automatic_tax": "unrecognized_location",
    "ip_address": None,
    "location": None,
    "provider": "stripe",
}
INCLUDABLE["customer", "sources"] = lambda account, customer: embedded_list(
    account, [], f"/v1/customers/{customer['id']}/sources"
)
