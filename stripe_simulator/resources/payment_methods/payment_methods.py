"""Payment methods: cards, as test numbers or as ids like `pm_card_visa`."""

from typing import Any

from ...cards.card import Card
from ...cards.lookup import card_of_id, card_of_token, card_with_number
from ...errors import CardError, InvalidRequest, missing
from ...listing import listable, page
from ...metadata import merged
from ...operations import Call, operation
from ...state.account import Account, Object
from .cards import check_expiry, details_of, full_year, refuse_decline

listable("payment_methods.list", "payment_method", "customer", "type", "allow_redisplay")
_TYPES = {"card": "number", "us_bank_account": "account_number"}
_CHANGEABLE = {"card": ("exp_month", "exp_year"), "us_bank_account": ("account_holder_type", "account_type")}
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
    """Add a card that no customer has yet."""
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
    """Return the payment method with this id; an id like `pm_card_visa` creates a new one, as at Stripe."""
    card = card_of_id(id)
    if card is not None:
        return new_payment_method(account, card, {})
    method = account.get("payment_method", id, param)
    if param != "id":
        check_reusable(method, param)
    return method


def check_reusable(method: Object, param: str = "payment_method") -> None:
    """Refuse a method that was detached, or that paid once without a customer."""
    if method.get("_detached") or method.get("_used"):
        raise InvalidRequest(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a"
            " connected account without Customer attachment, or was detached from a Customer. It may not be used again. To"
            " use a PaymentMethod multiple times, you must attach it to a Customer first.",
            code="payment_method_unexpected_state",
            param=param,
        )


def mark_set_up(method: Object) -> None:
    """Record that a card was set up: off-session payments of some test cards need no more authentication.

    Source: "Test card numbers", 3-D Secure.
    """
    method["_set_up"] = True


def attach_to(account: Account, id: str, customer: Object) -> Object:
    """Attach a payment method to a customer; declining cards are refused. Source: "Test card numbers"."""
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
    """Create a card by its test number or token, or a bank account by its test number."""
    return call.account.render(method_from(call.account, call.params))


def method_from(account: Account, params: dict[str, Any]) -> Object:
    """Return a new payment method from parameters of `payment_methods.create` or `payment_method_data`."""
    type = params.get("type")
    if type is None:
        raise InvalidRequest("Missing required param: type.", code="parameter_missing", param="type")
    if type not in _TYPES:
        raise InvalidRequest(
            "The simulator has payment methods of type card and us_bank_account only.", param="type"
        )
    given = params.get(type) or {}
    name = _TYPES[type]
    token = given.get("token")
    card = card_of_token(token, "card[token]") if token else card_with_number(given.get(name) or "")
    if card is None or card.kind != type:
        raise CardError(
            "Your card number is incorrect; the simulator takes Stripe's test cards only.",
            code="incorrect_number",
            param=name,
        )
    check_expiry(account, given)
    return new_payment_method(account, card, params)


@operation("payment_methods.retrieve")
def retrieve(call: Call) -> Object:
    """Return the payment method of any customer, or of none."""
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
    check_expiry(account, params.get("card", {}))
    given = params.get(method["type"]) or {}
    changes = {name: given[name] for name in _CHANGEABLE[method["type"]] if name in given}
    if "exp_year" in changes:
        changes["exp_year"] = full_year(changes["exp_year"])
    with account.changing(method, "payment_method.updated"):
        method["metadata"] = metadata
        details = method["billing_details"] | (params.get("billing_details") or {})
        method["billing_details"] = details | {"address": _NO_ADDRESS | (details["address"] or {})}
        method["allow_redisplay"] = params.get("allow_redisplay", method["allow_redisplay"])
        method[method["type"]] = method[method["type"]] | changes
    return account.render(method)


@operation("payment_methods.attach")
def attach(call: Call) -> Object:
    """Attach the payment method to a customer."""
    if not call.params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    customer = call.account.get("customer", call.params["customer"], "customer")
    return call.account.render(attach_to(call.account, call.id, customer))


@operation("payment_methods.detach")
def detach(call: Call) -> Object:
    """Detach the payment method from its customer; it can never be used again."""
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
    """Return one payment method of one customer."""
    method = call.account.get("payment_method", call.ids[1])
    if method["customer"] != call.ids[0]:
        raise missing("payment_method", call.ids[1])
    return call.account.render(method)


@operation("customers.payment_methods.list")
def list_of_customer(call: Call) -> Object:
    """List the payment methods of one customer."""
    call.account.get("customer", call.id)
    names = ("type", "allow_redisplay")
    filters = {"customer": call.id} | {name: call.params[name] for name in names if name in call.params}
    return page(
        call,
        "payment_method",
        lambda method: all(method[name] == filters[name] for name in filters),
        by=filters,
    )
