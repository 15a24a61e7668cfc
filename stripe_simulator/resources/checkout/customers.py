"""The customer of a Checkout Session: created when needed, and updated with what was submitted."""

from typing import Any

from ...operations import Call
from ...state.account import Account, Object
from ..customers.customers import create, update
from ..customers.tax_ids import new_tax_id, shown_tax_ids

_COPIED = ("email", "name", "phone", "address")


def customer_for(account: Account, session: Object, details: dict[str, Any]) -> str | None:
    """Return the id of the session's customer, or of a new one if it needs one; None for guests."""
    if session["customer"] is not None:
        return str(session["customer"])
    if not _needs_one(session):
        return None
    given = {name: details[name] for name in _COPIED if details.get(name)}
    return str(create(Call(account, given, (), "/v1/customers"))["id"])


def _needs_one(session: Object) -> bool:
    """Return whether the session needs a customer, as subscriptions and saved cards do.

    Source: API reference, customer_creation.
    """
    data = session["_intent_data"]
    return (
        session["mode"] == "subscription"
        or session["customer_creation"] == "always"
        or bool(session["mode"] == "payment" and data.get("setup_future_usage"))
    )


def update_customer(account: Account, session: Object) -> None:
    """Set on the customer what `customer_update` allows, and the tax id that was submitted."""
    details, allowed = session["_details"], session["_customer_update"]
    customer = account.find("customer", session["customer"])
    if customer is None or customer.get("deleted"):
        return
    known = {name: details[name] for name in ("name", "address") if details.get(name)}
    change = {name: value for name, value in known.items() if allowed.get(name) == "auto"}
    if change:
        update(Call(account, change, (customer["id"],), f"/v1/customers/{customer['id']}"))
    if details.get("tax_id") and details["tax_id"] not in shown_tax_ids(account, customer):
        new_tax_id(account, customer, details["tax_id"])


def shown_details(account: Account, session: Object) -> Object:
    """Return the `customer_details` of a session that is complete."""
    details = session["_details"]
    customer = account.find("customer", session["customer"]) or {}
    submitted = [details["tax_id"]] if details.get("tax_id") else []
    shown = {
        "address": details.get("address") or customer.get("address"),
        "email": details.get("email") or customer.get("email"),
        "name": details.get("name") or customer.get("name"),
        "phone": details.get("phone") or customer.get("phone"),
        "tax_exempt": customer.get("tax_exempt", "none"),
        "tax_ids": shown_tax_ids(account, customer) if customer else submitted,
    }
    return {"business_name": None, "individual_name": None} | shown
