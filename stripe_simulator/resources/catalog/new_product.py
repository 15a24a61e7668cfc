"""A new product, with every attribute of the pinned API version."""

from typing import Any

from ...errors import InvalidRequest
from ...metadata import merged
from ...state.account import Account, Object

_PLAIN = (
    "active", "description", "images", "marketing_features", "name", "package_dimensions", "shippable",
    "statement_descriptor", "tax_code", "tax_details", "unit_label", "url",
)  # fmt: skip


def new_product(account: Account, params: dict[str, Any]) -> Object:
    """Add a product, also for inline `product_data`."""
    product = unannounced_product(account, params)
    account.emit("product.created", product)
    return product


def unannounced_product(account: Account, params: dict[str, Any]) -> Object:
    """Add a product whose event the caller emits."""
    if params.get("id") in account.objects:
        raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
    product = {
        "id": params.get("id") or account.new_id("prod", 14),
        "object": "product",
        "active": True,
        "created": account.now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": merged({}, params.get("metadata", {})),
        "name": params["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": params.get("type", "service"),
        "unit_label": None,
        "updated": account.now,
        "url": None,
    }
    apply(product, params)
    return account.add(product)


def apply(product: Object, params: dict[str, Any]) -> None:
    """Set the attributes that are given."""
    for name in _PLAIN:
        if name in params:
            product[name] = params[name]
    product["images"] = product["images"] or []
    product["marketing_features"] = product["marketing_features"] or []
