"""What a restricted key may do: reading or writing, resource by resource.

Sources: Stripe docs, "Restricted API keys" (writing includes reading) and "Permissions reference" of Stripe
Apps, whose names Stripe's errors repeat behind `rak_`. Assumed: the names for resources that the reference
does not list.
"""

from ..errors import Forbidden
from .keys import masked

# The resource's name in permissions, by the first part of an operation's name.
_RESOURCES = {
    "accounts": "accounts_kyc_basic",
    "balance": "balance",
    "balance_transactions": "balance_transaction_source",
    "billing_portal": "customer_portal",
    "charges": "charge",
    "checkout": "checkout_session",
    "coupons": "coupon",
    "credit_notes": "credit_note",
    "customers": "customer",
    "disputes": "dispute",
    "events": "event",
    "invoice_items": "invoice",
    "invoice_payments": "invoice",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
    "payment_methods": "payment_method",
    "payment_records": "payment_record",
    "prices": "plan",
    "products": "product",
    "promotion_codes": "promotion_code",
    "refunds": "charge",
    "setup_intents": "setup_intent",
    "subscription_items": "subscription",
    "subscriptions": "subscription",
    "tax_rates": "tax_rate",
    "test_helpers": "billing_clock",
    "webhook_endpoints": "webhook",
}
PERMISSIONS = sorted({f"{name}_{access}" for name in _RESOURCES.values() for access in ("read", "write")})


def checked_permissions(given: list[str]) -> frozenset[str]:
    """Return these permissions with the reading that writing includes; unknown names are refused."""
    names = {name.removeprefix("rak_") for name in given}
    unknown = sorted(names - set(PERMISSIONS))
    if unknown:
        raise ValueError(f"Unknown permissions: {', '.join(unknown)}. Known: {', '.join(PERMISSIONS)}.")
    return frozenset(
        names | {name.removesuffix("write") + "read" for name in names if name.endswith("_write")}
    )


def refuse_without_permission(
    permissions: frozenset[str], operation: str, method: str, key: str, account: str
) -> None:
    """Refuse an operation that needs a permission which the key does not have."""
    access = "read" if method == "GET" else "write"
    needed = f"{_RESOURCES[operation.partition('.')[0]]}_{access}"
    if needed not in permissions:
        raise Forbidden(
            f"The provided key '{masked(key)}' does not have the required permissions for this endpoint on account"
            f" '{account}'. Having the 'rak_{needed}' permission would allow this request to continue."
        )
