"""The chains of calls behind `stripe trigger` of Stripe's command line, described by the event that each is named after.

Facts of the tool's list of fixtures (stripe/stripe-cli, pkg/fixtures/triggers), in words of this project. Parameters that
Stripe itself has removed since are translated: `payment_method_types` is not sent, `source` on a customer is a payment
method, `plan` is a price, `coupon` on a promotion code is `promotion`, on a customer a subscription's discount, and pending
items are included by request. docs/simulator/trigger_chains.md lists them and those that are out of scope.
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

# Each ends with the event that it is named after.
CHAINS: dict[str, tuple[Step, ...]] = {
    "billing_portal.session.created": (
        CUSTOMER,
        Step("portal", "/v1/billing_portal/sessions", {"customer": "{customer[id]}"}),
    ),
    "charge.captured": (
        payment("pm_card_visa", capture_method="manual"),
        Step("captured", "/v1/payment_intents/{intent[id]}/capture"),
    ),
    "charge.dispute.closed": (*DISPUTED, Step("closed", "/v1/disputes/{found[data][0][id]}/close")),
    "charge.dispute.created": (payment("pm_card_createDisputeInquiry"),),
    "charge.dispute.updated": (*DISPUTED, changed("/v1/disputes/{found[data][0][id]}")),
    "charge.failed": (payment("pm_card_visa_chargeDeclined", "card_error"),),
    "charge.pending": (
        CUSTOMER,
        BANK_METHOD,
        ATTACHED_MADE,
        payment("{made[id]}", customer="{customer[id]}", amount=2000),
    ),
    "charge.refund.updated": (
        payment("pm_card_visa"),
        Step("refund", "/v1/refunds", {"charge": "{intent[latest_charge]}"}),
        changed("/v1/refunds/{refund[id]}"),
    ),
    "charge.refunded": (payment("pm_card_visa"), REFUND),
    "charge.succeeded": (payment("pm_card_visa"),),
    "charge.updated": (payment("pm_card_visa"), changed("/v1/charges/{intent[latest_charge]}")),
    "checkout.session.expired": (
        PRODUCT,
        ONE_TIME,
        SESSION,
        Step("expired", "/v1/checkout/sessions/{session[id]}/expire"),
    ),
    "coupon.created": (COUPON,),
    "coupon.deleted": (COUPON, Step("deleted", "/v1/coupons/{coupon[id]}", method="delete")),
    "coupon.updated": (COUPON, changed("/v1/coupons/{coupon[id]}")),
    "credit_note.created": (*BILLED, FINALIZED, NOTE),
    "credit_note.updated": (*BILLED, FINALIZED, NOTE, changed("/v1/credit_notes/{note[id]}")),
    "credit_note.voided": (*BILLED, FINALIZED, NOTE, Step("voided", "/v1/credit_notes/{note[id]}/void")),
    "customer.created": (CUSTOMER,),
    "customer.deleted": (CUSTOMER, Step("deleted", "/v1/customers/{customer[id]}", method="delete")),
    "customer.discount.created": (COUPON, CARD_HOLDER, PRODUCT, PRICE, DISCOUNTED),
    "customer.discount.deleted": (
        Step("coupon", "/v1/coupons", {"percent_off": 20, "duration": "forever"}),
        CARD_HOLDER,
        PRODUCT,
        PRICE,
        DISCOUNTED,
        Step("cleared", "/v1/subscriptions/{subscription[id]}", {"discounts": ""}),
    ),
    "customer.subscription.created": SUBSCRIBED,
    "customer.subscription.deleted": (
        *SUBSCRIBED,
        Step("deleted", "/v1/subscriptions/{subscription[id]}", method="delete"),
    ),
    "customer.subscription.paused": (CUSTOMER, PRODUCT, PRICE, PAUSING, ENDED_TRIAL),
    "customer.subscription.trial_will_end": (CUSTOMER, PRODUCT, PRICE, trial(1)),
    "customer.subscription.updated": (*SUBSCRIBED, changed("/v1/subscriptions/{subscription[id]}")),
    "customer.tax_id.created": (CUSTOMER, TAX_ID),
    "customer.tax_id.deleted": (
        CUSTOMER,
        TAX_ID,
        Step("deleted", "/v1/customers/{customer[id]}/tax_ids/{tax_id[id]}", method="delete"),
    ),
    "customer.updated": (CUSTOMER, changed("/v1/customers/{customer[id]}")),
    "invoice.created": (CARD_HOLDER, ITEM, DRAFT),
    "invoice.deleted": (*BILLED, Step("deleted", "/v1/invoices/{invoice[id]}", method="delete")),
    "invoice.finalized": (*BILLED, FINALIZED),
    "invoice.marked_uncollectible": (
        *BILLED,
        FINALIZED,
        Step("marked", "/v1/invoices/{invoice[id]}/mark_uncollectible"),
    ),
    "invoice.paid": (CUSTOMER, attached("pm_card_visa"), ITEM, DRAFT, paying()),
    "invoice.payment_action_required": (
        CARD_HOLDER,
        ITEM,
        DRAFT,
        Step("made", "/v1/payment_methods", {"type": "card", "card": CHALLENGED_CARD}),
        ATTACHED_MADE,
        paying("card_error"),
    ),
    "invoice.payment_failed": (
        CUSTOMER,
        attached("pm_card_chargeCustomerFail"),
        ITEM,
        DRAFT,
        paying("card_error"),
    ),
    "invoice.payment_succeeded": (CARD_HOLDER, ITEM, DRAFT, Step("paid", "/v1/invoices/{invoice[id]}/pay")),
    "invoice.sent": (CUSTOMER, ITEM, SENT, Step("sent", "/v1/invoices/{invoice[id]}/send")),
    "invoice.updated": (*BILLED, changed("/v1/invoices/{invoice[id]}")),
    "invoice.voided": (*BILLED, FINALIZED, Step("voided", "/v1/invoices/{invoice[id]}/void")),
    "invoice_payment.paid": (CUSTOMER, attached("pm_card_visa"), ITEM, DRAFT, paying()),
    "invoiceitem.created": (CUSTOMER, ITEM),
    "invoiceitem.deleted": (CUSTOMER, ITEM, Step("deleted", "/v1/invoiceitems/{item[id]}", method="delete")),
    "payment_intent.amount_capturable_updated": (
        payment(
            "pm_card_visa",
            amount=2000,
            capture_method="manual",
            confirmation_method="manual",
            return_url="https://stripe.com",
        ),
    ),
    "payment_intent.canceled": (
        Step("intent", "/v1/payment_intents", {"amount": 2000, "currency": "usd"}),
        Step("canceled", "/v1/payment_intents/{intent[id]}/cancel"),
    ),
    "payment_intent.created": (Step("intent", "/v1/payment_intents", {"amount": 2000, "currency": "usd"}),),
    "payment_intent.payment_failed": (payment("pm_card_visa_chargeDeclined", "card_error", amount=2000),),
    "payment_intent.succeeded": (payment("pm_card_visa", amount=2000),),
    "payment_method.attached": (CUSTOMER, attached("pm_card_visa")),
    "payment_method.detached": (
        CUSTOMER,
        attached("pm_card_visa"),
        Step("detached", "/v1/payment_methods/{method[id]}/detach"),
    ),
    "payment_method.updated": (CUSTOMER, SETUP, changed("/v1/payment_methods/{setup[payment_method]}")),
    "price.created": (PRODUCT, PRICE),
    "price.updated": (PRODUCT, PRICE, changed("/v1/prices/{price[id]}")),
    "product.created": (PRODUCT,),
    "product.deleted": (PRODUCT, Step("deleted", "/v1/products/{product[id]}", method="delete")),
    "product.updated": (PRODUCT, changed("/v1/products/{product[id]}")),
    "promotion_code.created": (COUPON, CODE),
    "promotion_code.updated": (COUPON, CODE, changed("/v1/promotion_codes/{code[id]}")),
    "refund.created": (payment("pm_card_visa"), REFUND),
    "refund.updated": (payment("pm_card_visa"), REFUND, changed("/v1/refunds/{refund[id]}")),
    "setup_intent.canceled": (
        Step("setup", "/v1/setup_intents"),
        Step("canceled", "/v1/setup_intents/{setup[id]}/cancel"),
    ),
    "setup_intent.created": (Step("setup", "/v1/setup_intents"),),
    "setup_intent.requires_action": (
        Step(
            "setup",
            "/v1/setup_intents",
            {"confirm": True, "payment_method": "pm_card_authenticationRequired"},
        ),
    ),
    "setup_intent.setup_failed": (
        Step(
            "setup",
            "/v1/setup_intents",
            {"confirm": True, "payment_method": "pm_card_chargeDeclined"},
            may_fail="card_error",
        ),
    ),
    "setup_intent.succeeded": (CUSTOMER, SETUP),
    "tax_rate.created": (TAX_RATE,),
    "tax_rate.updated": (TAX_RATE, changed("/v1/tax_rates/{rate[id]}")),
    "test_helpers.test_clock.advancing": (CLOCK, advanced(1_580_515_200)),
    "test_helpers.test_clock.created": (CLOCK,),
    "test_helpers.test_clock.deleted": (
        CLOCK,
        Step("deleted", "/v1/test_helpers/test_clocks/{clock[id]}", method="delete"),
    ),
    "test_helpers.test_clock.ready": (CLOCK, advanced(1_580_515_200)),
}
# These run from start to end, without the event of their name: Stripe's fixtures cannot cause it either, or it belongs
# to what the simulator leaves out.
WITHOUT_EVENT: dict[str, tuple[Step, ...]] = {
    "charge.dispute.funds_reinstated": CHAINS["charge.dispute.closed"],
    "customer.subscription.pending_update_applied": (
        CLOCK,
        ON_CLOCK,
        PRODUCT,
        PRICE,
        trial(30),
        Step(
            "updated",
            "/v1/subscriptions/{subscription[id]}",
            {
                "items": [{"id": "{subscription[items][data][0][id]}", "quantity": 2}],
                "proration_behavior": "none",
            },
        ),
        advanced(1_580_515_200),
    ),
    "customer.subscription.resumed": (
        CUSTOMER,
        PRODUCT,
        PRICE,
        PAUSING,
        ENDED_TRIAL,
        Step("resumed", "/v1/subscriptions/{subscription[id]}/resume"),
    ),
    "customer.tax_id.updated": (CUSTOMER, TAX_ID),
    "invoice.finalization_failed": (
        *BILLED,
        Step("finalized", FINALIZED.path, {"auto_advance": False}, may_fail="invalid_request_error"),
    ),
    "invoice.overdue": (CLOCK, ON_CLOCK, ITEM, SENT, FINALIZED, advanced(1_578_614_400)),
    "invoice.overpaid": (
        CUSTOMER,
        attached("pm_card_visa"),
        ITEM,
        DRAFT,
        FINALIZED,
        paying(paid_out_of_band=True),
    ),
    "invoice.payment_attempt_required": (
        CUSTOMER,
        attached("pm_card_threeDSecure2Required"),
        ITEM,
        DRAFT,
        FINALIZED,
        paying("card_error"),
    ),
    "invoice.upcoming": (
        Step("clock", CLOCK.path, {"frozen_time": 1_704_067_200}),
        Step("customer", "/v1/customers", CARD_HOLDER.params | {"test_clock": "{clock[id]}"}),
        PRODUCT,
        PRICE,
        SUBSCRIPTION,
        advanced(1_706_486_400),
    ),
    "refund.failed": (
        payment("pm_card_visa"),
        Step("refund", "/v1/refunds", REFUND.params | {"amount": 200}, may_fail="invalid_request_error"),
    ),
    "subscription.payment_failed": (
        FAILING_CARD,
        CUSTOMER,
        ATTACHED_MADE,
        DEFAULT_CARD,
        PRODUCT,
        PRICE,
        SUBSCRIPTION,
        Step("invoice", "/v1/invoices/{subscription[latest_invoice]}", method="get"),
    ),
    "subscription.payment_succeeded": (
        *SUBSCRIBED,
        Step("invoice", "/v1/invoices/{subscription[latest_invoice]}", method="get"),
    ),
    "test_helpers.test_clock.internal_failure": (CLOCK,),
}
