"""Saved payment methods: what may be shown of them (page "The PaymentMethod object")."""

from typing import Any

from integrations.providers.stripe.translate.fields import Json


def shown(method: Json, default: str) -> dict[str, Any]:
    """A card's brand, last four digits and expiry; for other types whichever of these they have."""
    kind = str(method.get("type") or "")
    details = method.get(kind) or {}
    month, year = details.get("exp_month"), details.get("exp_year")
    return {
        "id": str(method["id"]),
        "type": kind,
        "brand": str(details.get("display_brand") or details.get("brand") or details.get("bank_name") or ""),
        "last4": str(details.get("last4") or ""),
        "expires": f"{int(month):02d}/{year}" if month and year else "",
        "is_default": method["id"] == default,
    }
