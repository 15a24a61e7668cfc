"""A new Checkout Session, with every attribute of the pinned API version."""

from typing import Any

from ..account import Account, Object
from ..metadata import merged

_LIFETIME = 24 * 3600


def new_session(account: Account, params: dict[str, Any]) -> Object:
    """An open session that is not yet kept, without items."""
    id = account.new_id("cs_test", 56)
    return _unset() | {
        "id": id,
        "object": "checkout.session",
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": account.now,
        "currency": params["currency"].lower() if params.get("currency") else None,
        "customer": params.get("customer"),
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_email": params.get("customer_email"),
        "expires_at": params.get("expires_at", account.now + _LIFETIME),
        "locale": params.get("locale"),
        "metadata": merged({}, params.get("metadata") or {}),
        "mode": params["mode"],
        "payment_status": "unpaid" if params["mode"] == "payment" else "no_payment_required",
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params.get("success_url"),
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": f"{account.base_url}/pay/{id}",
        "_intent_data": params.get("payment_intent_data", {}),
        "_setup_data": params.get("setup_intent_data", {}),
        "_items": [],
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
