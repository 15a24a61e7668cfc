"""How many characters a text may have: one table for every parameter with a limit of its own.

Source: `maxLength` in Stripe's OpenAPI specification (2026-09-30.endive), which the API reference is made of.
Where it says nothing, or 5000, the general limit holds. Metadata has limits of its own: see `metadata.py`.
"""

from functools import cache
from typing import Any

from ..errors import InvalidRequest

GENERAL = 5000
Tree = dict[str, Any]


def _fields(at: str) -> dict[str, int]:
    return {f"{at}[custom_fields][][name]": 40, f"{at}[custom_fields][][value]": 140}


def _product(at: str) -> dict[str, int]:
    return {f"{at}[product_data][description]": 40_000, f"{at}[product_data][unit_label]": 12}


def _line(at: str = "") -> dict[str, int]:
    rate = f"{at}[tax_amounts][][tax_rate_data]" if at else "tax_amounts[][tax_rate_data]"
    price = f"{at}[price_data]" if at else "price_data"
    return {f"{rate}[display_name]": 200, f"{rate}[jurisdiction]": 200} | _product(price)


_CUSTOMER = {
    "business_name": 150, "email": 512, "individual_name": 150, "name": 256, "phone": 20,
} | _fields("invoice_settings")  # fmt: skip
_INVOICE = {
    "custom_fields[][name]": 40, "custom_fields[][value]": 140, "description": 1500, "number": 26,
    "shipping_cost[shipping_rate_data][display_name]": 100, "statement_descriptor": 22,
}  # fmt: skip
_INTENT = {"description": 1000, "payment_method_configuration": 100}
_DESCRIPTORS = {"statement_descriptor": 22, "statement_descriptor_suffix": 22}
_PRODUCT = {"description": 40_000, "statement_descriptor": 22, "unit_label": 12}
_SUBSCRIPTION = {
    "description": 500, "invoice_settings[description]": 1500,
} | _fields("invoice_settings")  # fmt: skip
_TAX_RATE = {"display_name": 50, "jurisdiction": 50}
_EVIDENCE = (
    "access_activity_log", "cancellation_policy_disclosure", "cancellation_rebuttal", "duplicate_charge_explanation",
    "product_description", "refund_policy_disclosure", "refund_refusal_explanation", "uncategorized_text",
)  # fmt: skip
_SESSION = {
    "client_reference_id": 200,
    "custom_fields[][dropdown][default_value]": 100,
    "custom_fields[][dropdown][options][][label]": 100,
    "custom_fields[][dropdown][options][][value]": 100,
    "custom_fields[][key]": 200,
    "custom_fields[][label][custom]": 100,
    "custom_fields[][numeric][default_value]": 255,
    "custom_fields[][text][default_value]": 255,
    "custom_text[after_submit][message]": 1200,
    "custom_text[shipping_address][message]": 1200,
    "custom_text[submit][message]": 1200,
    "custom_text[terms_of_service_acceptance][message]": 1200,
    "integration_identifier": 200,
    "invoice_creation[invoice_data][description]": 1500,
    "payment_intent_data[description]": 1000,
    "payment_intent_data[statement_descriptor]": 22,
    "payment_intent_data[statement_descriptor_suffix]": 22,
    "payment_method_configuration": 100,
    "setup_intent_data[description]": 1000,
    "subscription_data[description]": 500,
}

# By operation: the pages of the reference are in docs/simulator/operations.md.
LENGTHS: dict[str, dict[str, int]] = {
    "charges.update": {"description": 40_000},
    "checkout.sessions.create": _SESSION
    | _fields("invoice_creation[invoice_data]")
    | _product("line_items[][price_data]"),
    "coupons.create": {"name": 40},
    "coupons.update": {"name": 40},
    "customers.balance_transactions.create": {"description": 350},
    "customers.balance_transactions.update": {"description": 350},
    "customers.create": _CUSTOMER,
    "customers.update": _CUSTOMER,
    "disputes.update": {f"evidence[{name}]": 20_000 for name in _EVIDENCE},
    "invoices.add_lines": _line("lines[]"),
    "invoices.create": _INVOICE,
    "invoices.line_items.update": _line(),
    "invoices.update": _INVOICE,
    "invoices.update_lines": _line("lines[]"),
    "payment_intents.capture": _DESCRIPTORS,
    "payment_intents.create": _INTENT | _DESCRIPTORS,
    "payment_intents.update": _INTENT | _DESCRIPTORS,
    "prices.create": {
        "lookup_key": 200,
        "product_data[statement_descriptor]": 22,
        "product_data[unit_label]": 12,
    },
    "prices.update": {"lookup_key": 200},
    "products.create": _PRODUCT,
    "products.update": _PRODUCT,
    "promotion_codes.create": {"code": 500},
    "setup_intents.create": _INTENT,
    "setup_intents.update": _INTENT,
    "subscriptions.create": _SUBSCRIPTION,
    "subscriptions.update": _SUBSCRIPTION,
    "tax_rates.create": _TAX_RATE,
    "tax_rates.update": _TAX_RATE,
    "test_helpers.test_clocks.create": {"name": 300},
}


def refuse_too_long(operation: str, raw: Tree) -> None:
    """Refuse the first text that is too long, as Stripe words it."""
    found = _too_long(_tree(operation), raw)
    if found is None:
        return
    (head, *rest), text, most = found
    param = head + "".join(f"[{name}]" for name in rest)
    if head.startswith("statement_descriptor"):
        raise InvalidRequest(f"The statement descriptor must be at most {most} characters.", param=param)
    raise InvalidRequest(
        f"Invalid string: {text[:4]}...{text[-4:]}; must be at most {most} characters", param=param
    )


@cache
def _tree(operation: str) -> Tree:
    """Return the limits of an operation, nested like its parameters; the key of a list's items is empty."""
    tree: Tree = {}
    for path, most in LENGTHS.get(operation, {}).items():
        *parts, last = path.replace("]", "").split("[")
        inner = tree
        for part in parts:
            inner = inner.setdefault(part, {})
        inner[last] = most
    return tree


def _too_long(limits: Tree, raw: Tree) -> tuple[list[str], str, int] | None:
    for name, value in raw.items():
        limit = limits.get(name, limits.get(""))
        if isinstance(value, dict):
            found = _too_long(limit if isinstance(limit, dict) else {}, value)
            if found:
                return [name, *found[0]], found[1], found[2]
        elif len(value) > (most := limit if isinstance(limit, int) else GENERAL):
            return [name], value, most
    return None
