"""The part of the golden story that begins at Stripe: invoices of a subscription, disputes, saved methods."""

from typing import Any

from integrations.providers.stripe.tests.golden_recording import Recorder

OLD = {"api_version": "2024-06-20"}
DISPUTED, INQUIRY = "pm_card_createDispute", "pm_card_createDisputeInquiry"
Json = dict[str, Any]


def play(record: Recorder, customer: str) -> None:
    """All of it."""
    _subscription_invoices(record, customer)
    _disputes(record, customer)
    _setups(record, customer)
    _derived(record)


def _subscription_invoices(record: Recorder, customer: str) -> None:
    """12 seats at 10.00, 25 % off, 20 % VAT on top, and a credit of 7.00 with VAT."""
    v1 = record.stripe.v1
    coupon = v1.coupons.create({"percent_off": 25, "duration": "forever"}).id
    vat = v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False}).id
    price = v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1000,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Seats"},
        }
    ).id
    v1.invoice_items.create(
        {
            "customer": customer,
            "amount": -700,
            "currency": "usd",
            "description": "Credit",
            "discountable": False,
            "tax_rates": [vat],
        }
    )
    v1.subscriptions.create(
        {
            "customer": customer,
            "items": [{"price": price, "quantity": 12}],
            "discounts": [{"coupon": coupon}],
            "default_tax_rates": [vat],
        }
    )
    record.keep("invoice_created__renewal", "invoice_finalized__renewal", "invoice_paid__renewal")
    record.keep("payment_intent_succeeded__renewal", "invoice_payment_paid__renewal")


def _disputes(record: Recorder, customer: str) -> None:
    intents, disputes = record.stripe.v1.payment_intents, record.stripe.v1.disputes
    given: Any = {"amount": 1999, "currency": "eur", "confirm": True, "customer": customer}
    given |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    intents.create({**given, "payment_method": DISPUTED})
    record.keep("payment_intent_succeeded__won", "charge_dispute_created__won")
    record.keep("charge_dispute_funds_withdrawn__won")
    newest = disputes.list({"limit": 1}).data[0].id
    disputes.update(newest, {"evidence": {"uncategorized_text": "winning_evidence"}})
    record.keep(
        "charge_dispute_updated__won", "charge_dispute_closed__won", "charge_dispute_funds_reinstated__won"
    )
    intents.create({**given, "payment_method": INQUIRY})
    record.keep("payment_intent_succeeded__inquiry", "charge_dispute_created__inquiry")


def _setups(record: Recorder, customer: str) -> None:
    given: Any = {
        "customer": customer,
        "confirm": True,
        "usage": "off_session",
        "payment_method": "pm_card_visa",
    }
    given |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    record.stripe.v1.setup_intents.create({**given, "metadata": {"flexprice_set_default": "true"}})
    record.keep("setup_intent_succeeded__default")


def _derived(record: Recorder) -> None:
    renewal = record.kept["invoice_paid__renewal"]["data"]["object"]
    record.derive(
        "payment_intent_succeeded__renewal_old_dialect",
        "payment_intent_succeeded__renewal",
        lambda one: one.update(invoice=renewal["id"]),
        **OLD,
    )
    record.derive(
        "invoice_voided__renewal", "invoice_finalized__renewal", lambda one: one.update(status="void")
    )
    record.derive("invoice_marked_uncollectible__renewal", "invoice_finalized__renewal", _uncollectible)
    record.derive("invoice_updated__renewal", "invoice_paid__renewal")
    record.derive("invoice_deleted__draft", "invoice_created__renewal")
    record.derive("charge_refund_updated__partial", "refund_updated__partial")


def _uncollectible(invoice: Json) -> None:
    invoice["status"] = "uncollectible"
    invoice["status_transitions"]["marked_uncollectible_at"] = invoice["created"]
