"""Payment methods: cards, as test numbers or as ids like `pm_card_visa`."""

from typing import Any

from ..account import Account, Object
from ..cards import Card, card_of_token, card_with_number
from ..errors import InvalidRequest, missing
from ..listing import listable, page
from ..metadata import merged
from ..operations import Call, operation
from .payment_method_cards import details_of, refuse_decline

listable("payment_methods.list", "payment_method", "customer", "type")
_NO_DETAILS = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
_NO_ADDRESS = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def new_payment_method(account: Account, card: Card, params: dict[str, Any]) -> Object:
    """Add a card that belongs to nobody yet."""
    details = _NO_DETAILS | params.get("billing_details", {})
    details["address"] = _NO_ADDRESS | (details["address"] or {})
    method = {
        "id": account.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": params.get("allow_redisplay", "unspecified"),
        "billing_details": details,
        card.kind: details_of(card, params.get("card", {})),
        "created": account.now,
        "customer": None,
        "livemode": False,
        "metadata": merged({}, params.get("metadata") or {}),
        "type": card.kind,
        "_number": card.number,
    }
    return account.add(method)


def usable(account: Account, id: str, param: str = "payment_method") -> Object:
    """The payment method with this id; an id like `pm_card_visa` becomes a new one, as at Stripe."""
    card = card_of_token(id)
    if card is not None:
        return new_payment_method(account, card, {})
    method = account.get("payment_method", id, param)
    if method.get("_detached") and param != "id":
        raise InvalidRequest(
            "The provided PaymentMethod was previously detached from a Customer. It may not be used again.",
            code="payment_method_unexpected_state",
            param=param,
        )
    return method


def attach_to(account: Account, id: str, customer: Object) -> Object:
    """Give a payment method to a customer; declining cards are refused. Source: "Test card numbers"."""
    method = usable(account, id)
    card = card_with_number(method["_number"])
    if card and card.outcome == "declines" and not card.attaches:
        refuse_decline(card)
    if method["customer"] not in (None, customer["id"]):
        raise InvalidRequest(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    if method["customer"] is None:
        method["customer"] = customer["id"]
        account.emit("payment_method.attached", method)
    return method


@operation("payment_methods.create")
def create(call: Call) -> Object:
    """A card by its test number or token."""
    params = call.params
    if params.get("type", "card") != "card":
        raise InvalidRequest("The simulator has payment methods of type card only.", param="type")
    given = params.get("card", {})
    number = given.get("number", "")
    card = card_of_token(given["token"]) if given.get("token") else card_with_number(number)
    if card is None:
        raise InvalidRequest(
            "Your card number is incorrect; the simulator takes Stripe's test cards only.",
            code="incorrect_number",
            param="card[number]",
        )
    return call.account.render(new_payment_method(call.account, card, params))


@operation("payment_methods.retrieve")
def retrieve(call: Call) -> Object:
    """The payment method, whoever it belongs to."""
    return call.account.render(usable(call.account, call.id, "id"))


@operation("payment_methods.update")
def update(call: Call) -> Object:
    """Change billing details, expiry or metadata."""
    account, params = call.account, call.params
    method = account.get("payment_method", call.id)
    if method["customer"] is None:
        raise InvalidRequest(
            "You must save this PaymentMethod to a customer before you can update it.",
            code="payment_method_unexpected_state",
        )
    metadata = merged(method["metadata"], params.get("metadata", {}))
    with account.changing(method, "payment_method.updated"):
        method["metadata"] = metadata
        method["billing_details"] = method["billing_details"] | (params.get("billing_details") or {})
        expiry = (
            {}
            if method["type"] != "card"
            else {
                name: params["card"][name]
                for name in ("exp_month", "exp_year")
                if name in params.get("card", {})
            }
        )
        if expiry:
            method["card"] = method["card"] | expiry
    return account.render(method)


@operation("payment_methods.attach")
def attach(call: Call) -> Object:
    """Give it to a customer."""
    customer = call.account.get("customer", call.params.get("customer"), "customer")
    return call.account.render(attach_to(call.account, call.id, customer))


@operation("payment_methods.detach")
def detach(call: Call) -> Object:
    """Take it from its customer; it can never be used again."""
    account = call.account
    method = account.get("payment_method", call.id)
    if method["customer"] is None:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    customer = account.objects[method["customer"]]
    before = account.snapshot(method)
    method["customer"], method["_detached"] = None, True
    account.emit("payment_method.detached", method, before)
    settings = customer.get("invoice_settings", {})
    if settings.get("default_payment_method") == method["id"]:
        with account.changing(customer, "customer.updated"):
            customer["invoice_settings"] = settings | {"default_payment_method": None}
    return account.render(method)


@operation("customers.payment_methods.retrieve")
def retrieve_of_customer(call: Call) -> Object:
    """One payment method of one customer."""
    method = call.account.get("payment_method", call.ids[1])
    if method["customer"] != call.ids[0]:
        raise missing("payment_method", call.ids[1])
    return call.account.render(method)


@operation("customers.payment_methods.list")
def list_of_customer(call: Call) -> Object:
    """The payment methods of one customer."""
    call.account.get("customer", call.id)
    return page(call, "payment_method", lambda method: method["customer"] == call.id)
