"""All chains behind `stripe trigger`, by the name of their event."""

from .trigger_billing import BILLING
from .trigger_payments import PAYMENTS
from .trigger_steps import (
    ATTACHED_MADE,
    BILLED,
    CARD_HOLDER,
    CLOCK,
    CUSTOMER,
    DEFAULT_CARD,
    DRAFT,
    ENDED_TRIAL,
    FAILING_CARD,
    FINALIZED,
    ITEM,
    ON_CLOCK,
    PAUSING,
    PRICE,
    PRODUCT,
    REFUND,
    SENT,
    SUBSCRIBED,
    SUBSCRIPTION,
    TAX_ID,
    Step,
    advanced,
    attached,
    paying,
    payment,
    trial,
)

CHAINS = BILLING | PAYMENTS
# These run from start to end, without the event of their name: Stripe's fixtures cannot cause it either, or
# it belongs to what the simulator leaves out.
WITHOUT_EVENT: dict[str, tuple[Step, ...]] = {
    "charge.dispute.funds_reinstated": PAYMENTS["charge.dispute.closed"],
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
