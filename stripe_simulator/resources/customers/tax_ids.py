"""The tax ids of customers, and their verification. Source: Stripe docs, "Customer tax IDs"."""

import re
from typing import Any

from ...errors import InvalidRequest, missing
from ...expansion import INCLUDABLE
from ...listing import embedded_list, page
from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action

_KIND = "tax_id"
# The types that Stripe verifies with a government, and the test values that decide the result.
_VERIFIED = ("au_abn", "eu_vat", "gb_vat")
_OUTCOMES = {"000000000": "verified", "111111111": "unverified"}
_PATTERNS = {
    "eu_vat": re.compile(r"^[A-Z]{2}[0-9A-Z+*]{2,13}$"),
    "gb_vat": re.compile(r"^(GB|XI)?[0-9A-Z]{5,12}$"),
}
_SECONDS = 1


def check_tax_ids(given: list[dict[str, Any]]) -> None:
    """Refuse values that cannot be of their type, before anything is created."""
    for index, entry in enumerate(given):
        _check(entry, f"tax_id_data[{index}][value]")


def new_tax_id(account: Account, customer: Object, given: dict[str, Any]) -> Object:
    """Add a tax id to a customer; some types are verified a moment later."""
    type, value = given["type"], given["value"]
    tax_id = {
        "id": account.new_id("txi"),
        "object": _KIND,
        "country": value[:2] if type == "eu_vat" else type[:2].upper(),
        "created": account.now,
        "customer": customer["id"],
        "customer_account": None,
        "livemode": False,
        "owner": {
            "account": None,
            "application": None,
            "customer": customer["id"],
            "customer_account": None,
            "type": "customer",
        },
        "type": type,
        "value": value,
        "verification": {
            "status": "pending" if type in _VERIFIED else "unavailable",
            "verified_address": None,
            "verified_name": None,
        },
        "_clock": customer["test_clock"],
    }
    tax_id = account.add(tax_id)
    customer["_tax_ids"] = [*customer.get("_tax_ids", []), tax_id["id"]]
    account.emit("customer.tax_id.created", tax_id)
    if type in _VERIFIED:
        account.agenda.add(account.now + _SECONDS, "verify_tax_id", tax_id)
    return tax_id


@action("verify_tax_id")
def verify(account: Account, tax_id: Object) -> None:
    """Set the verification's result; assumed: values that are not Stripe's test values are verified."""
    digits = re.sub(r"\D", "", tax_id["value"])
    if digits == "222222222":
        return
    with account.changing(tax_id, "customer.tax_id.updated"):
        status = _OUTCOMES.get(digits, "verified")
        tax_id["verification"] = tax_id["verification"] | {"status": status}


@operation("customers.tax_ids.create")
def create(call: Call) -> Object:
    """Add a tax id to a customer."""
    customer = call.account.get("customer", call.id, "customer")
    _check(call.params, "value")
    return call.account.render(new_tax_id(call.account, customer, call.params))


@operation("customers.tax_ids.retrieve")
def retrieve(call: Call) -> Object:
    """Return one tax id of a customer."""
    return call.account.render(_of_customer(call))


@operation("customers.tax_ids.list")
def list_(call: Call) -> Object:
    """List the tax ids of a customer, newest first."""
    call.account.get("customer", call.id)
    return page(call, _KIND, lambda tax_id: tax_id["customer"] == call.id, by={"customer": call.id})


@operation("customers.tax_ids.delete")
def delete(call: Call) -> Object:
    """Delete a tax id."""
    account, tax_id = call.account, _of_customer(call)
    customer = account.objects[call.id]
    customer["_tax_ids"] = [id for id in customer["_tax_ids"] if id != tax_id["id"]]
    account.emit("customer.tax_id.deleted", tax_id)
    account.remove(tax_id)
    return {"id": tax_id["id"], "object": _KIND, "deleted": True}


def shown_tax_ids(account: Account, customer: Object) -> list[Object]:
    """Return the type and value of each tax id, as invoices and Checkout Sessions show them."""
    owned = [account.objects[id] for id in customer.get("_tax_ids", [])]
    return [{"type": tax_id["type"], "value": tax_id["value"]} for tax_id in owned]


def _of_customer(call: Call) -> Object:
    tax_id = call.account.get(_KIND, call.ids[1])
    if tax_id["customer"] != call.id:
        raise missing(_KIND, call.ids[1])
    return tax_id


def _check(given: dict[str, Any], param: str) -> None:
    value, pattern = given["value"] or "", _PATTERNS.get(given["type"])
    if not value or (pattern is not None and not pattern.match(value)):
        raise InvalidRequest(f"Invalid value for {given['type']}.", code="tax_id_invalid", param=param)


def _tax_ids(account: Account, customer: Object) -> Object:
    owned = [account.objects[id] for id in reversed(customer.get("_tax_ids", []))]
    return embedded_list(account, owned, f"/v1/customers/{customer['id']}/tax_ids")


INCLUDABLE["customer", "tax_ids"] = _tax_ids
