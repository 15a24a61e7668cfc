"""What the checkout page asks beside a card, and what was answered."""

from typing import Any

from ..errors import InvalidRequest
from ..resources.checkout.payment import Payer, needs_card
from ..resources.customers.tax_ids import check_tax_ids
from ..state.account import Account, Object
from .card_form import CardForm

_ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")
_REQUIRED = "This is needed."
_WANTED = ("line1", "city", "country")


def payer_of(session: Object, form: CardForm) -> Payer | None:
    """The payer and the answers, or None with an error for each field that is wrong."""
    card = form.card() if needs_card(session) else None
    details: dict[str, Any] = {}
    if asks_address(session):
        details["address"] = _address(form, "")
    if (session["phone_number_collection"] or {}).get("enabled"):
        details["phone"] = _needed(form, "phone")
    if (session.get("tax_id_collection") or {}).get("enabled"):
        details["tax_id"] = _tax_id(session, form)
    typed = _typed(session, form)
    if form.errors:
        return None
    return Payer(card, form.email or None, form.name or None, details, typed)


def asks_address(session: Object) -> bool:
    """A billing address is asked for only when it is required."""
    return bool(session["billing_address_collection"] == "required")


def _typed(session: Object, form: CardForm) -> dict[str, Any]:
    """What the session itself shows of the answers."""
    typed: dict[str, Any] = {}
    if session["custom_fields"]:
        typed["custom_fields"] = [_answered(one, form) for one in session["custom_fields"]]
    if session["shipping_address_collection"]:
        shipping = {"address": _address(form, "shipping_"), "name": _needed(form, "shipping_name")}
        typed["collected_information"] = {
            "business_name": None,
            "individual_name": None,
            "shipping_details": shipping,
        }
    if (session["consent_collection"] or {}).get("terms_of_service") == "required":
        if not form.values.get("terms"):
            form.errors["terms"] = "Accept the terms to go on."
        typed["consent"] = {"promotions": None, "terms_of_service": "accepted"}
    return typed


def _answered(asked: Object, form: CardForm) -> Object:
    name, type = f"field_{asked['key']}", asked["type"]
    value = form.values.get(name, "").strip()
    if not value and not asked["optional"]:
        form.errors[name] = _REQUIRED
    if value and type == "numeric" and not value.isdigit():
        form.errors[name] = "Only digits."
    return asked | {type: asked[type] | {"value": value or None}}


def _address(form: CardForm, prefix: str) -> dict[str, str | None]:
    for part in _WANTED:
        _needed(form, f"{prefix}{part}")
    return {part: form.values.get(f"{prefix}{part}", "").strip() or None for part in _ADDRESS}


def _tax_id(session: Object, form: CardForm) -> dict[str, str] | None:
    value, type = form.values.get("tax_id", "").strip(), form.values.get("tax_id_type", "eu_vat")
    if not value:
        if session["tax_id_collection"]["required"] == "if_supported":
            form.errors["tax_id"] = _REQUIRED
        return None
    try:
        check_tax_ids([{"type": type, "value": value}])
    except InvalidRequest as error:
        form.errors["tax_id"] = error.message
    return {"type": type, "value": value}


def _needed(form: CardForm, name: str) -> str:
    value = form.values.get(name, "").strip()
    if not value:
        form.errors[name] = _REQUIRED
    return value


def code_named(account: Account, code: str) -> str:
    """The id of the promotion code that a person typed; InvalidRequest when there is none that is active."""
    for one in account.all("promotion_code"):
        if one["code"].lower() == code.lower() and one["active"]:
            return str(one["id"])
    raise InvalidRequest("This code is invalid.")
