"""Products."""

from ...errors import InvalidRequest
from ...listing import page, retrievable
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Object
from .new_product import apply, new_product, unannounced_product
from .prices import unannounced_price

retrievable("products.retrieve", "product")


@operation("products.create")
def create(call: Call) -> Object:
    """Create a product, with its default price if `default_price_data` is given."""
    account, params = call.account, call.params
    if "default_price_data" not in params:
        return account.render(new_product(account, params))
    product = unannounced_product(account, params)
    try:
        price = unannounced_price(account, params["default_price_data"] | {"product": product["id"]})
    except InvalidRequest:
        account.remove(product)
        raise
    product["default_price"] = price["id"]
    account.emit("product.created", product)
    account.emit("price.created", price)
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
        apply(product, params)
        if "default_price" in params:
            product["default_price"] = params["default_price"]
        product["updated"] = account.now
    return account.render(product)


@operation("products.delete")
def delete(call: Call) -> Object:
    """Delete a product that has no prices; its last event says that it is inactive."""
    account = call.account
    product = account.get("product", call.id)
    if any(account.having("price", "product", product["id"])):
        raise InvalidRequest("This product cannot be deleted because it has one or more user-created prices.")
    product["active"] = False
    account.emit("product.deleted", product)
    account.remove(product)
    return {"id": product["id"], "object": "product", "deleted": True}


@operation("products.list")
def list_(call: Call) -> Object:
    """List products by `active`, `ids`, `shippable` and `url`."""
    params = call.params
    filters = {name: params[name] for name in ("active", "shippable", "type", "url") if name in params}

    def matches(product: Object) -> bool:
        named = "ids" not in params or product["id"] in params["ids"]
        return (
            named and not product.get("_inline") and all(product[name] == filters[name] for name in filters)
        )

    return page(call, "product", matches)
