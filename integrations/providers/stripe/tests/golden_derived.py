"""Golden events that the simulator does not send: rarer ones, and those of API versions before 2025-03-31."""

from typing import Any

from integrations.providers.stripe.tests import golden_spellings
from integrations.providers.stripe.tests.golden_recording import Recorder

OLD = {"api_version": "2024-06-20"}
Json = dict[str, Any]


def derive(record: Recorder) -> None:
    """Derives each from the most similar event."""
    _old(record)
    golden_spellings.derive(record)
    _rare_payments(record)
    record.derive("price_deleted__plain", "price_created__quarterly")
    record.derive("price_created__metered", "price_created__monthly", _metered)
    record.derive("price_created__tiered", "price_created__tiers_left_out", _tiers_expanded)
    record.derive(
        "customer_subscription_updated__past_due", "customer_subscription_created__one_item", _past_due
    )
    record.derive("customer_subscription_paused__plain", "customer_subscription_created__trial", _paused)
    record.derive("customer_subscription_resumed__plain", "customer_subscription_created__trial", _resumed)
    record.derive("customer_subscription_trial_will_end__plain", "customer_subscription_created__trial")
    _changes_of_mind(record)
    record.derive("customer_created__two_matches", "customer_created__flexsync_id", _two_matches)
    record.derive("invoice_overpaid__sent", "invoice_paid__sent", lambda one: one.update(amount_overpaid=100))
    record.derive("invoice_sent__sent", "invoice_finalized__sent")
    record.derive("invoice_payment_action_required__sent", "invoice_payment_failed__declined")


def _old(record: Recorder) -> None:
    intent = record.kept["payment_intent_succeeded__of_invoice"]["data"]["object"]["id"]
    invoice = record.kept["invoice_paid__sent"]["data"]["object"]["id"]
    record.derive(
        "invoice_paid__old_dialect", "invoice_paid__sent", lambda one: _old_invoice(one, intent), **OLD
    )
    record.derive(
        "payment_intent_succeeded__old_dialect",
        "payment_intent_succeeded__of_invoice",
        lambda one: one.update(invoice=invoice),
        **OLD,
    )
    # What Stripe sends now: the invoice is the order that the intent refers to.
    record.derive(
        "payment_intent_succeeded__order_reference",
        "payment_intent_succeeded__of_invoice",
        lambda one: one.update(payment_details={"customer_reference": None, "order_reference": invoice}),
    )
    record.derive(
        "customer_subscription_created__old_dialect",
        "customer_subscription_created__one_item",
        _old_subscription,
        **OLD,
    )


def _rare_payments(record: Recorder) -> None:
    record.derive(
        "payment_intent_processing__of_checkout", "payment_intent_succeeded__of_checkout", _processing
    )
    for name, paid in (("completed__unpaid", "unpaid"), ("async_payment_succeeded__plain", "paid")):
        record.derive(
            f"checkout_session_{name}",
            "checkout_session_completed__paid",
            lambda one, paid=paid: one.update(payment_status=paid),
        )
    record.derive("checkout_session_async_payment_failed__plain", "checkout_session_completed__unpaid")
    record.derive("refund_failed__plain", "refund_created__partial", _refund_failed)


def _old_invoice(invoice: Json, intent: str) -> None:
    for name in ("parent", "payments", "confirmation_secret", "amount_overpaid"):
        invoice.pop(name, None)
    invoice.update(payment_intent=intent, charge="ch_1", paid=True, paid_out_of_band=False, subscription=None)
    for line in invoice["lines"]["data"]:
        line["price"] = None
        line.pop("pricing", None)


def _old_subscription(subscription: Json) -> None:
    for item in subscription["items"]["data"]:
        period = {name: item.pop(name) for name in ("current_period_start", "current_period_end")}
    subscription.update(period)


def _metered(price: Json) -> None:
    price.update(id="price_metered", lookup_key=None)
    price["recurring"].update(usage_type="metered", interval="year", interval_count=2)


def _tiers_expanded(price: Json) -> None:
    price["tiers"] = [
        {"up_to": 10, "unit_amount": 100, "unit_amount_decimal": "100", "flat_amount": None, "flat_amount_decimal": None},
        {"up_to": None, "unit_amount": 50, "unit_amount_decimal": "50", "flat_amount": 700, "flat_amount_decimal": "700"},
    ]  # fmt: skip


def _changes_of_mind(record: Recorder) -> None:
    """What is undone later, each in a second of its own."""
    one, seat = "customer_subscription_created__one_item", "price_created__monthly"
    later = record.kept["customer_subscription_updated__cancels_later"]["created"]
    gone = record.kept["product_updated__inactive"]["created"]
    record.derive(
        "customer_subscription_updated__cancel_undone",
        "customer_subscription_updated__cancels_later",
        lambda one: one.update(cancel_at_period_end=False, cancel_at=None, canceled_at=None),
        created=later + 1,
    )
    pause = {"behavior": "void", "resumes_at": None}
    for name, pausing in (("collection_paused", pause), ("collection_resumed", None)):
        record.derive(
            f"customer_subscription_updated__{name}",
            one,
            lambda sub, pausing=pausing: sub.update(status="active", pause_collection=pausing),
            created=later + (2 if pausing else 3),
        )
    record.derive("customer_subscription_created__plan_only", one, _plan_only, **OLD)
    record.derive(
        "product_updated__active_again",
        "product_updated__inactive",
        lambda product: product.update(active=True),
        created=gone + 1,
    )
    for name, active in (("inactive", False), ("active_again", True)):
        record.derive(
            f"price_updated__{name}",
            seat,
            lambda price, active=active: price.update(active=active),
            created=gone + 1 + active,
        )


def _plan_only(subscription: Json) -> None:
    _old_subscription(subscription)
    for item in subscription["items"]["data"]:
        item.pop("price")


def _two_matches(customer: Json) -> None:
    customer.update(id="cus_two_matches")
    customer["metadata"]["external_id"] = "crm-2"


def _past_due(subscription: Json) -> None:
    subscription["status"] = "past_due"


def _paused(subscription: Json) -> None:
    subscription["status"] = "paused"


def _resumed(subscription: Json) -> None:
    subscription["status"] = "active"


def _processing(intent: Json) -> None:
    intent.update(status="processing", amount_received=0)


def _refund_failed(refund: Json) -> None:
    refund.update(status="failed", failure_reason="lost_or_stolen_card")
