"""A new Checkout Session, with every attribute of the pinned API version."""

from typing import Any

from ...metadata import merged
from ...state.account import Account, Object
from ..test_clocks import clock_of

_LIFETIME = 24 * 3600
_CONSENTS = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
# Shown as they are given.
_SHOWN = (
    "allow_promotion_codes", "billing_address_collection", "cancel_url", "client_reference_id", "customer", "customer_email",
    "locale", "phone_number_collection", "shipping_address_collection", "submit_type", "success_url",
)  # fmt: skip


def new_session(account: Account, params: dict[str, Any]) -> Object:
    """Return an open session that is not yet stored, without items."""
    id = account.new_id("cs_test", 56)
    mode, ui_mode = params["mode"], params.get("ui_mode", "hosted_page")
    hosted = ui_mode == "hosted_page"
    session = (
        dict.fromkeys(_SHOWN)
        | _unset()
        | {
            "id": id,
            "object": "checkout.session",
            "client_secret": None if hosted else f"{id}_secret_{account.new_id('', 25)[1:]}",
            "created": account.now,
            "currency": params["currency"].lower() if params.get("currency") else None,
            "customer_creation": _customer_creation(params),
            "expires_at": params.get("expires_at", account.now + _LIFETIME),
            "metadata": merged({}, params.get("metadata") or {}),
            "mode": mode,
            "payment_method_collection": params.get("payment_method_collection", "always")
            if mode == "subscription"
            else "if_required",
            "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
            "status": "open",
            "ui_mode": ui_mode,
            "url": f"{account.base_url}/pay/{id}" if hosted else None,
            "_clock": clock_of(account, params.get("customer")),
            "_intent_data": params.get("payment_intent_data", {}),
            "_setup_data": params.get("setup_intent_data", {}),
            "_subscription_data": params.get("subscription_data", {}),
            "_customer_update": params.get("customer_update", {}),
            "_items": [],
            "_discounts": [],
        }
    )
    session |= {name: params[name] for name in _SHOWN if params.get(name) is not None}
    if params.get("tax_id_collection"):
        session["tax_id_collection"] = {"required": "never"} | params["tax_id_collection"]
    if params.get("custom_fields"):
        session["custom_fields"] = [_field(field) for field in params["custom_fields"]]
    if params.get("consent_collection"):
        session["consent_collection"] = dict.fromkeys(_CONSENTS) | params["consent_collection"]
    if not hosted:
        session |= {"return_url": params.get("return_url")}
        session |= {"redirect_on_completion": params.get("redirect_on_completion", "always")}
    return session


def _customer_creation(params: dict[str, Any]) -> str | None:
    """Return whether a customer is created; None if the session has one or the mode decides it."""
    if params.get("customer") or params["mode"] == "subscription":
        return None
    return str(params.get("customer_creation", "if_required"))


def _field(given: dict[str, Any]) -> Object:
    """Return a custom field of the page, without a value yet."""
    type = given["type"]
    settings = {"default_value": None, "value": None} | (given.get(type) or {})
    if type != "dropdown":
        settings = {"maximum_length": None, "minimum_length": None} | settings
    return {
        "key": given["key"],
        "label": given["label"],
        "optional": given.get("optional", False),
        "type": type,
        "dropdown": None,
        "numeric": None,
        "text": None,
        type: settings,
    }


def _unset() -> Object:
    null = ("adaptive_pricing", "after_expiration", "allow_promotion_codes", "amount_subtotal", "amount_total",
            "billing_address_collection", "client_secret", "collected_information", "consent", "consent_collection",
            "currency_conversion", "customer_details", "invoice", "invoice_creation", "payment_intent", "payment_link",
            "payment_method_configuration_details", "permissions", "recovered_from", "saved_payment_method_options",
            "setup_intent", "shipping_address_collection", "shipping_cost", "subscription")  # fmt: skip
    texts = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return dict.fromkeys(null) | {
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": dict.fromkeys(texts),
        "discounts": [],
        "livemode": False,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }
