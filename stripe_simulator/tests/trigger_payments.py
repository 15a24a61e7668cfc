"""Chains of payments, refunds, disputes, setups and pages: each ends with the event of its name."""

from .trigger_steps import (
    ATTACHED_MADE,
    BANK_METHOD,
    CUSTOMER,
    DISPUTED,
    ONE_TIME,
    PRODUCT,
    REFUND,
    SESSION,
    SETUP,
    Step,
    attached,
    changed,
    payment,
)

PAYMENTS: dict[str, tuple[Step, ...]] = {
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
}
