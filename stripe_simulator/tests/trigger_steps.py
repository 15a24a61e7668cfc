"""The steps of the chains behind `stripe trigger` of Stripe's command line.

Facts of the tool's list of fixtures (stripe/stripe-cli, pkg/fixtures/triggers), in words of this project.
Parameters that Stripe itself has removed since are translated: `payment_method_types` is not sent, `source`
on a customer is a payment method, `plan` is a price, `coupon` on a promotion code is `promotion`, on a
customer a subscription's discount, and pending items are included by request.
docs/simulator/trigger_chains.md lists them and those that are out of scope.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One call; `{name[id]}` in its path or parameters refers to the response of an earlier step."""

    name: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    method: str = "post"
    may_fail: str | None = None


NOTED = {"metadata": {"foo": "bar"}}
CUSTOMER = Step("customer", "/v1/customers", {"description": "made by a chain"})
ITEM = Step("item", "/v1/invoiceitems", {"amount": 2000, "currency": "usd", "customer": "{customer[id]}"})
DRAFT = Step(
    "invoice",
    "/v1/invoices",
    {
        "customer": "{customer[id]}",
        "pending_invoice_items_behavior": "include",
        "description": "made by a chain",
    },
)
SENT = Step(
    "invoice", "/v1/invoices", DRAFT.params | {"collection_method": "send_invoice", "days_until_due": 7}
)
FINALIZED = Step("finalized", "/v1/invoices/{invoice[id]}/finalize")
BILLED = (CUSTOMER, ITEM, DRAFT)
PRODUCT = Step("product", "/v1/products", {"name": "myproduct"})
PRICE = Step(
    "price",
    "/v1/prices",
    {
        "product": "{product[id]}",
        "unit_amount": "1500",
        "currency": "usd",
        "recurring": {"interval": "month"},
    },
)
CARD_HOLDER = Step(
    "customer",
    "/v1/customers",
    {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}},
)
SUBSCRIPTION = Step(
    "subscription", "/v1/subscriptions", {"customer": "{customer[id]}", "items": [{"price": "{price[id]}"}]}
)
SUBSCRIBED = (CARD_HOLDER, PRODUCT, PRICE, SUBSCRIPTION)
COUPON = Step("coupon", "/v1/coupons", {"percent_off": 20})
CODE = Step("code", "/v1/promotion_codes", {"promotion": {"type": "coupon", "coupon": "{coupon[id]}"}})
TAX_RATE = Step("rate", "/v1/tax_rates", {"display_name": "test", "inclusive": True, "percentage": 10})
CLOCK = Step("clock", "/v1/test_helpers/test_clocks", {"frozen_time": 1_577_836_800})
ON_CLOCK = Step("customer", "/v1/customers", {"test_clock": "{clock[id]}"})
PAYING = {"currency": "usd", "confirm": True, "description": "made by a chain"}


def changed(path: str) -> Step:
    """Return the step that changes metadata."""
    return Step("changed", path, NOTED)


def attached(card: str) -> Step:
    """Return the step that attaches a test card to the customer."""
    return Step("method", f"/v1/payment_methods/{card}/attach", {"customer": "{customer[id]}"})


def payment(card: str, may_fail: str | None = None, **params: Any) -> Step:
    """Return the step that pays at once."""
    given = PAYING | {"amount": 100, "payment_method": card} | params
    return Step("intent", "/v1/payment_intents", given, may_fail=may_fail)


def paying(may_fail: str | None = None, **params: Any) -> Step:
    """Return the step that pays the invoice with the attached card."""
    given = {"payment_method": "{method[id]}"} | params
    return Step("paid", "/v1/invoices/{invoice[id]}/pay", given, may_fail=may_fail)


def advanced(moment: int) -> Step:
    """Return the step that advances the clock."""
    return Step("advanced", "/v1/test_helpers/test_clocks/{clock[id]}/advance", {"frozen_time": moment})


def trial(days: int, **params: Any) -> Step:
    """Return the step that subscribes with a trial."""
    return Step(
        "subscription", "/v1/subscriptions", SUBSCRIPTION.params | {"trial_period_days": days} | params
    )


def found(kind: str) -> Step:
    """Return the step that lists the objects of the payment."""
    return Step("found", f"/v1/{kind}", {"payment_intent": "{intent[id]}"}, "get")


REFUND = Step("refund", "/v1/refunds", {"payment_intent": "{intent[id]}"})
PAUSING = trial(7, trial_settings={"end_behavior": {"missing_payment_method": "pause"}})
ENDED_TRIAL = Step("ended", "/v1/subscriptions/{subscription[id]}", {"trial_end": "now"})
BANK = {"account_holder_type": "individual", "routing_number": "110000000", "account_number": "000123456789"}
BANK_METHOD = Step("made", "/v1/payment_methods", {"type": "us_bank_account", "us_bank_account": BANK})
CHALLENGED_CARD = {"exp_month": 7, "exp_year": 35, "number": "4000000000003220", "cvc": "424"}
FAILING_CARD = Step(
    "made", "/v1/payment_methods", {"type": "card", "card": {"token": "tok_chargeCustomerFail"}}
)
DEFAULT_CARD = Step(
    "default",
    "/v1/customers/{customer[id]}",
    {"invoice_settings": {"default_payment_method": "{made[id]}"}},
)
ATTACHED_MADE = Step("method", "/v1/payment_methods/{made[id]}/attach", {"customer": "{customer[id]}"})
SETUP = Step(
    "setup",
    "/v1/setup_intents",
    {"customer": "{customer[id]}", "payment_method": "pm_card_visa", "confirm": True},
)
NOTE = Step(
    "note",
    "/v1/credit_notes",
    {
        "invoice": "{invoice[id]}",
        "lines": [{"type": "custom_line_item", "unit_amount": 1000, "quantity": 1, "description": "x"}],
    },
)
TAX_ID = Step("tax_id", "/v1/customers/{customer[id]}/tax_ids", {"type": "us_ein", "value": "000000000"})
SESSION = Step(
    "session",
    "/v1/checkout/sessions",
    {
        "mode": "payment",
        "success_url": "https://example.com/done",
        "cancel_url": "https://example.com/back",
        "line_items": [{"price": "{price[id]}", "quantity": 2}],
    },
)
ONE_TIME = Step("price", "/v1/prices", {"product": "{product[id]}", "unit_amount": "1500", "currency": "usd"})
DISCOUNTED = Step(
    "subscription", "/v1/subscriptions", SUBSCRIPTION.params | {"discounts": [{"coupon": "{coupon[id]}"}]}
)
DISPUTED = (payment("pm_card_createDisputeInquiry"), found("disputes"))
