"""Products."""

from typing import Any

from ..account import Account, Object
from ..errors import InvalidRequest
from ..listing import page, retrievable
from ..metadata import merged
from ..operations import Call, operation

_PLAIN = (
    "active", "description", "images", "marketing_features", "name", "package_dimensions", "shippable",
    "statement_descriptor", "tax_code", "tax_details", "unit_label", "url",
)  # fmt: skip

retrievable("products.retrieve", "product")


def new_product(account: Account, params: dict[str, Any]) -> Object:
    """Add a product, also for inline `product_data`."""
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
    _apply(product, params)
    account.add(product)
    account.emit("product.created", product)
    return product


@operation("products.create")
def create(call: Call) -> Object:
    """A new product, with its default price if one is described."""
    from .prices import new_price

    account, params = call.account, call.params
    product = new_product(account, params)
    if "default_price_data" in params:
        price = new_price(account, params["default_price_data"] | {"product": product["id"]})
        with account.changing(product, "product.updated"):
            product["default_price"] = price["id"]
    return account.render(product)


@operation("products.update")
def update(call: Call) -> Object:
    """Change what is given; archiving is `active=false`."""
    account, params = call.account, call.params
    product = account.get("product", call.id)
    metadata = merged(product["metadata"], params.get("metadata", {}))
    if params.get("default_price"):
        price = account.get("price", params["default_price"], "default_price")
        if price["product"] != product["id"]:
            raise InvalidRequest("The default price must belong to the product.", param="default_price")
    with account.changing(product, "product.updated"):
        product["metadata"] = metadata
        _apply(product, params)
        if "default_price" in params:
            product["default_price"] = params["default_price"]
        product["updated"] = account.now
    return account.render(product)


@operation("products.delete")
def delete(call: Call) -> Object:
    """Delete a product that has no prices."""
    account = call.account
    product = account.get("product", call.id)
    if any(price["product"] == product["id"] for price in account.all("price")):
        raise InvalidRequest("This product cannot be deleted because it has one or more user-created prices.")
    account.emit("product.deleted", product)
    account.remove(product)
    return {"id": product["id"], "object": "product", "deleted": True}


@operation("products.list")
def list_(call: Call) -> Object:
    """Products by `active`, `ids`, `shippable` and `url`."""
    params = call.params
    asked = {name: params[name] for name in ("active", "shippable", "type", "url") if name in params}

    def wanted(product: Object) -> bool:
        named = "ids" not in params or product["id"] in params["ids"]
        return named and all(product[name] == asked[name] for name in asked)

    return page(call, "product", wanted)


def _apply(product: Object, params: dict[str, Any]) -> None:
    for name in _PLAIN:
        if name in params:
            product[name] = params[name]
    product["images"] = product["images"] or []
    product["marketing_features"] = product["marketing_features"] or []
