"""Invoices of the corpus with their lines and payments, and credit notes."""

from typing import Any

from integrations.providers.stripe.tests.corpus.deals import listed
from integrations.providers.stripe.tests.corpus.moments import (
    CUSTOMER,
    DAY,
    MOMENT,
    PRICE,
    PRODUCT,
    SUBSCRIPTION,
)
from integrations.providers.stripe.tests.corpus.sdk_types import whole

Json = dict[str, Any]


def tax(amount: int, taxable: int, behavior: str = "exclusive") -> Json:
    return {
        "amount": amount,
        "tax_behavior": behavior,
        "tax_rate_details": {"tax_rate": "txr_corpus"},
        "taxability_reason": "standard_rated",
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def line(tag: str) -> Json:
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": SUBSCRIPTION,
        "subscription_item": "si_corpus",
    }
    pricing = {
        "type": "price_details",
        "price_details": {"price": PRICE, "product": PRODUCT},
        "unit_amount_decimal": "1000",
    }
    kind = {"type": "subscription_item_details", "invoice_item_details": None}
    return whole(
        "line_item",
        id=f"il_{tag}",
        amount=3000,
        currency="usd",
        description="3 seats",
        discount_amounts=[{"amount": 300, "discount": "di_corpus"}],
        discountable=True,
        discounts=["di_corpus"],
        invoice=f"in_{tag}",
        metadata={"room": "7"},
        parent={**kind, "subscription_item_details": details},
        period={"start": MOMENT, "end": MOMENT + 30 * DAY},
        pretax_credit_amounts=[{"amount": 300, "discount": "di_corpus", "type": "discount"}],
        pricing=pricing,
        quantity=3,
        quantity_decimal="3",
        subscription=SUBSCRIPTION,
        subtotal=3000,
        taxes=[tax(540, 2700)],
    )


def invoice(tag: str) -> Json:
    """It is open, and Stripe has tried once to collect it."""
    parent = {
        "quote_details": None,
        "subscription_details": {
            "metadata": {},
            "subscription": SUBSCRIPTION,
            "subscription_proration_date": None,
        },
        "type": "subscription_details",
    }
    times = {"finalized_at": MOMENT, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None}
    return whole(
        "invoice",
        id=f"in_{tag}",
        created=MOMENT,
        effective_at=MOMENT,
        amount_due=3240,
        amount_remaining=3240,
        attempt_count=1,
        attempted=True,
        auto_advance=True,
        billing_reason="subscription_cycle",
        collection_method="charge_automatically",
        currency="usd",
        customer=CUSTOMER,
        description="November",
        footer="Thank you",
        hosted_invoice_url="https://stripe.example/i/1",
        invoice_pdf="https://stripe.example/i/1.pdf",
        lines=listed(line(tag)),
        metadata={"po": "7"},
        next_payment_attempt=MOMENT + 3 * DAY,
        number=f"C-{tag}",
        parent=parent,
        payments=listed(invoice_payment(tag) | {"status": "open", "amount_paid": None}),
        period_start=MOMENT - 30 * DAY,
        period_end=MOMENT,
        starting_balance=0,
        ending_balance=0,
        status="open",
        status_transitions=times,
        subtotal=3000,
        total=3240,
        total_discount_amounts=[{"amount": 300, "discount": "di_corpus"}],
        total_pretax_credit_amounts=[{"amount": 300, "discount": "di_corpus", "type": "discount"}],
        total_taxes=[tax(540, 2700)],
    )


def invoice_payment(tag: str) -> Json:
    by = {"type": "payment_intent", "payment_intent": f"pi_{tag}", "charge": None, "payment_record": None}
    return whole(
        "invoice_payment",
        id=f"inpay_{tag}",
        created=MOMENT,
        amount_paid=3240,
        amount_requested=3240,
        currency="usd",
        invoice=f"in_{tag}",
        is_default=True,
        payment=by,
        status="paid",
        status_transitions={"canceled_at": None, "paid_at": MOMENT + 60},
    )


def credit_note(tag: str) -> Json:
    of_note = whole(
        "credit_note_line_item",
        id=f"cnli_{tag}",
        amount=1000,
        description="A seat",
        invoice_line_item=f"il_{tag}",
        quantity=1,
        tax_rates=[],
        taxes=[tax(200, 1000)],
        type="invoice_line_item",
        unit_amount=1000,
        unit_amount_decimal="1000",
    )
    return whole(
        "credit_note",
        id=f"cn_{tag}",
        created=MOMENT + DAY,
        amount=1200,
        currency="usd",
        customer=CUSTOMER,
        effective_at=MOMENT + DAY,
        invoice=f"in_{tag}",
        lines=listed(of_note),
        memo="One seat less",
        metadata={"ticket": "9"},
        number=f"C-{tag}-CN-01",
        pdf="https://stripe.example/cn/1.pdf",
        pre_payment_amount=1200,
        reason="order_change",
        refunds=[],
        status="issued",
        subtotal=1000,
        total=1200,
        total_taxes=[tax(200, 1000)],
        type="pre_payment",
    )
