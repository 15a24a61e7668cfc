"""The fields of the checkout page beside the card, and their submitted values."""

from typing import Any

from ..errors import InvalidRequest
from ..resources.checkout.payment import Payer, needs_card
from ..resources.customers.tax_ids import check_tax_ids
from ..state.account import Account, Object
from .card_form import CardForm

_ADDRESS = ("line1", "line2", "postal_code", "city", "state", "country")
_REQUIRED = "This field is required."
_REQUIRED_PARTS = ("line1", "city", "country")


def payer_of(session: Object, form: CardForm) -> Payer | None:
    """Return the payer and the submitted fields, or None with an error for each field that is wrong."""
    card = form.card() if needs_card(session) else None
    details: dict[str, Any] = {}
    if requires_address(session):
        details["address"] = _address(form, "")
    if (session["phone_number_collection"] or {}).get("enabled"):
        details["phone"] = _needed(form, "phone")
    if (session.get("tax_id_collection") or {}).get("enabled"):
        details["tax_id"] = _tax_id(session, form)
    submitted = _submitted(session, form)
    if form.errors:
        return None
    return Payer(card, form.email or None, form.name or None, details, submitted)


def requires_address(session: Object) -> bool:
    """Return whether the page has fields for a billing address."""
    return bool(session["billing_address_collection"] == "required")


def _submitted(session: Object, form: CardForm) -> dict[str, Any]:
    """Return the submitted values that the session itself shows."""
    submitted: dict[str, Any] = {}
    if session["custom_fields"]:
        submitted["custom_fields"] = [_filled_in(field, form) for field in session["custom_fields"]]
    if session["shipping_address_collection"]:
        shipping = {"address": _address(form, "shipping_"), "name": _needed(form, "shipping_name")}
        submitted["collected_information"] = {
            "business_name": None,
            "individual_name": None,
            "shipping_details": shipping,
        }
    if (session["consent_collection"] or {}).get("terms_of_service") == "required":
        if not form.values.get("terms"):
            form.errors["terms"] = "Accept the terms to continue."
        submitted["consent"] = {"promotions": None, "terms_of_service": "accepted"}
    return submitted


def _filled_in(field: Object, form: CardForm) -> Object:
    name, type = f"field_{field['key']}", field["type"]
    value = form.values.get(name, "").strip()
    if not value and not field["optional"]:
        form.errors[name] = _REQUIRED
    if value and type == "numeric" and not value.isdigit():
        form.errors[name] = "Only digits."
    return field | {type: field[type] | {"value": value or None}}


def _address(form: CardForm, prefix: str) -> dict[str, str | None]:
    for part in _REQUIRED_PARTS:
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
    """Return the id of the active promotion code with this text; raise InvalidRequest if there is none."""
    for promotion in account.all("promotion_code"):
        if promotion["code"].lower() == code.lower() and promotion["active"]:
            return str(promotion["id"])
    raise InvalidRequest("This code is invalid.")
