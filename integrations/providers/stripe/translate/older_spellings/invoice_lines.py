"""Lines of invoices: price, kind and taxes got objects of their own (changelog 2025-03-31, pages "Replaces
top-level price fields", "tax-related properties" and "parent" of invoice lines).
"""

from typing import Any

from integrations.providers.stripe.translate.fields import Json, id_of, read_id, read_object, read_objects
from integrations.providers.stripe.translate.older_spellings.renaming import fill, without

_OLD = frozenset(
    (
        "amount_excluding_tax",
        "invoice_item",
        "plan",
        "price",
        "proration",
        "proration_details",
        "subscription_item",
        "tax_amounts",
        "tax_rates",
        "type",
        "unit_amount",
        "unit_amount_decimal",
        "unit_amount_excluding_tax",
    )
)
_BEHAVIOR = {True: "inclusive", False: "exclusive", None: "exclusive"}


def current(line: Json) -> Json:
    """One line."""
    if _OLD.isdisjoint(line):
        return line
    new = without(line, _OLD)
    # The first versions describe a line by its plan alone, which has a name (until 2018-02-05).
    made = {"description": _whole(line.get("plan")).get("name"), "taxes": taxes(line)}
    return fill(new, {**made, "pricing": _pricing(line), "parent": _parent(line)})


def taxes(carrier: Json, old: str = "tax_amounts") -> list[dict[str, Any]] | None:
    """What was ``tax_amounts`` of a line, or ``total_tax_amounts``; None where there is no such field."""
    if carrier.get(old) is None:
        return None
    return [
        {
            **without(one, ("inclusive", "tax_rate")),
            "tax_behavior": _BEHAVIOR[one.get("inclusive")],
            "tax_rate_details": {"tax_rate": read_id(one, "tax_rate")},
            "type": "tax_rate_details",
        }
        for one in read_objects(carrier, old)
    ]


def _pricing(line: Json) -> dict[str, Any] | None:
    named = line.get("price") or line.get("plan")
    unit = _unit(line)
    if not named and unit is None:
        return None
    price = {"price": id_of(named), "product": read_id(_whole(named), "product")}
    details = {"type": "price_details", "price_details": price} if named else {}
    return {**details, "unit_amount_decimal": unit}


def _unit(line: Json) -> Any:
    """The amount per unit in minor units, as precisely as the line or its price or plan says it."""
    price, plan = _whole(line.get("price")), _whole(line.get("plan"))
    amounts = (
        line.get("unit_amount_decimal"),
        line.get("unit_amount"),
        price.get("unit_amount_decimal"),
        price.get("unit_amount"),
        plan.get("amount_decimal"),
        plan.get("amount"),
    )
    return next((one for one in amounts if one is not None), None)


def _whole(reference: Any) -> Json:
    return reference if isinstance(reference, dict) else {}


def _parent(line: Json) -> dict[str, Any] | None:
    kind = line.get("type")
    if kind not in ("subscription", "invoiceitem"):
        return None
    name = "subscription_item_details" if kind == "subscription" else "invoice_item_details"
    details = {
        "invoice_item": line.get("invoice_item"),
        "proration": bool(line.get("proration")),
        "proration_details": read_object(line, "proration_details") or {"credited_items": None},
        "subscription": line.get("subscription"),
    }
    if kind == "subscription":
        details["subscription_item"] = line.get("subscription_item")
    return {"type": name, name: details}
