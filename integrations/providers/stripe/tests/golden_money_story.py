"""The part of the golden story about money: invoices, checkouts, refunds, disputes."""

from typing import Any

from integrations.providers.stripe.tests.golden_recording import Recorder
from integrations.providers.stripe.tests.golden_world import CUSTOMER, INVOICE, PAYMENT

LINES = [{"amount": 5000, "description": "Work"}, {"amount": 400, "description": "Travel"}]
DECLINED, CHALLENGED, DISPUTED = "4000000000000002", "4000000000003220", "pm_card_createDispute"


def play(record: Recorder, customer: str) -> None:
    """All of it."""
    _invoices(record, customer)
    _checkouts(record, customer)
    _elsewhere(record, customer)
    _setups(record, customer)


def open_invoice(record: Recorder, customer: str, *, sent: bool = True) -> str:
    """A draft of 54.00; with ``sent`` as if FlexSync had sent it."""
    invoices = record.stripe.v1.invoices
    metadata = {
        "flexprice_invoice_id": INVOICE,
        "flexprice_customer_id": CUSTOMER,
        "sync_source": "flexprice",
    }
    made = invoices.create({"customer": customer, "currency": "usd", "metadata": metadata if sent else {}})
    return invoices.add_lines(made.id, {"lines": LINES}).id  # type: ignore[typeddict-item]


def _invoices(record: Recorder, customer: str) -> None:
    invoices = record.stripe.v1.invoices
    paid = open_invoice(record, customer)
    record.keep("invoice_created__sent")
    invoices.finalize_invoice(paid)
    record.keep("invoice_finalized__sent", "invoice_updated__sent")
    record.simulator.pay_invoice(paid, DECLINED)
    record.keep("invoice_payment_failed__declined", "payment_intent_payment_failed__of_invoice")
    record.simulator.pay_invoice(paid)
    record.keep("payment_intent_succeeded__of_invoice", "invoice_payment_paid__sent", "invoice_paid__sent")
    for ending, name in (
        (invoices.void_invoice, "invoice_voided__sent"),
        (invoices.mark_uncollectible, "invoice_marked_uncollectible__sent"),
    ):
        one = open_invoice(record, customer)
        invoices.finalize_invoice(one)
        ending(one)
        record.keep(name)
    out_of_band = open_invoice(record, customer)
    invoices.pay(out_of_band, {"paid_out_of_band": True})
    record.keep("invoice_paid__out_of_band")
    foreign = open_invoice(record, customer, sent=False)
    invoices.pay(foreign, {"paid_out_of_band": True})
    record.keep("invoice_paid__foreign")


def _session(record: Recorder, customer: str, **more: Any) -> Any:
    metadata = {"flexprice_payment_id": PAYMENT, "flexprice_invoice_id": INVOICE}
    price = {"currency": "usd", "unit_amount": 5400, "product_data": {"name": "Invoice"}}
    return record.stripe.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer,
            "success_url": "https://shop.example/thanks",
            "line_items": [{"price_data": price, "quantity": 1}],  # type: ignore[typeddict-item]
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
            **more,
        }
    )


def _checkouts(record: Recorder, customer: str) -> None:
    session = _session(record, customer)
    record.keep("price_created__inline")
    record.simulator.pay_checkout_session(session.id, DECLINED)
    record.keep("payment_intent_payment_failed__of_checkout")
    record.simulator.pay_checkout_session(session.id, CHALLENGED)
    record.keep("payment_intent_requires_action__of_checkout")
    record.simulator.pay_checkout_session(session.id)
    record.keep("payment_intent_succeeded__of_checkout", "checkout_session_completed__paid")
    intent = record.stripe.v1.checkout.sessions.retrieve(session.id).payment_intent
    refund = record.stripe.v1.refunds.create({"payment_intent": str(intent), "amount": 1400})
    record.keep("refund_created__partial", "charge_refunded__partial")
    record.stripe.v1.refunds.update(refund.id, {"metadata": {"asked_by": "Ada"}})
    record.keep("refund_updated__partial")
    record.stripe.v1.refunds.create({"payment_intent": str(intent)})
    record.keep("charge_refunded__whole")
    record.stripe.v1.checkout.sessions.expire(_session(record, customer).id)
    record.keep("checkout_session_expired__plain")
    foreign = _session(record, customer, metadata={}, payment_intent_data={})
    record.simulator.pay_checkout_session(foreign.id)
    record.keep("checkout_session_completed__foreign")


def _elsewhere(record: Recorder, customer: str) -> None:
    """Payments that begin at Stripe, and one of another system."""
    intents = record.stripe.v1.payment_intents
    given: Any = {"amount": 1999, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}
    given |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    intents.create({**given, "customer": customer})
    record.keep("payment_intent_succeeded__external")
    intents.create(given)
    record.keep("payment_intent_succeeded__foreign")
    waiting = intents.create({"amount": 500, "currency": "eur", "customer": customer}).id
    intents.cancel(waiting)
    record.keep("payment_intent_canceled__external")
    disputed = {**given, "customer": customer, "payment_method": DISPUTED}
    intents.create(disputed)
    record.keep("payment_intent_succeeded__disputed", "charge_dispute_created__fraudulent")
    dispute = record.stripe.v1.disputes.list({"limit": 1}).data[0]
    record.stripe.v1.disputes.close(dispute.id)
    record.keep("charge_dispute_closed__lost")


def _setups(record: Recorder, customer: str) -> None:
    from stripe import CardError

    given: Any = {"customer": customer, "confirm": True, "usage": "off_session"}
    given |= {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    record.stripe.v1.setup_intents.create({**given, "payment_method": "pm_card_visa"})
    record.keep("setup_intent_succeeded__card")
    try:
        record.stripe.v1.setup_intents.create({**given, "payment_method": "pm_card_chargeDeclined"})
    except CardError:
        record.keep("setup_intent_setup_failed__declined")
