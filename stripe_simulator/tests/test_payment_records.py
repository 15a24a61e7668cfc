"""Payments made off Stripe: reported, and attached to the invoice that they pay."""

import pytest
import stripe

from . import factories


@pytest.fixture
def owner(client):
    return factories.customer(client)


def attached(client, owner, invoice, amount):
    record = client.v1.payment_records.report_payment(factories.reported(owner, amount))
    return client.v1.invoices.attach_payment(invoice, {"payment_record": record.id})


class TestAReportedPayment:
    def test_pays_an_invoice_in_parts(self, client, owner):
        invoice = factories.open_invoice(client, 1000, owner=owner).id
        part = attached(client, owner, invoice, 400)
        assert (part.status, part.amount_paid, part.amount_remaining) == ("open", 400, 600)
        whole = attached(client, owner, invoice, 600)
        assert (whole.status, whole.amount_remaining) == ("paid", 0)
        [event] = client.v1.events.list({"type": "invoice.paid"}).data
        assert "amount_paid_off_stripe" not in event.data.object
        shown = client.v1.invoices.retrieve(invoice, {"expand": ["amount_paid_off_stripe"]})
        assert shown.amount_paid_off_stripe == 1000
        kinds = [payment.payment.type for payment in client.v1.invoice_payments.list({"status": "paid"}).data]
        assert kinds == ["payment_record", "payment_record"]
        types = factories.event_types(client)
        assert types.count("invoice_payment.paid") == 2 and types.count("invoice.paid") == 1

    def test_pays_one_invoice_only(self, client, owner):
        record = client.v1.payment_records.report_payment(factories.reported(owner, 400)).id
        first, second = (factories.open_invoice(client, 1000, owner=owner).id for _ in range(2))
        client.v1.invoices.attach_payment(first, {"payment_record": record})
        with pytest.raises(stripe.InvalidRequestError, match="attached to an invoice already"):
            client.v1.invoices.attach_payment(second, {"payment_record": record})

    def test_that_failed_pays_nothing(self, client, owner):
        params = factories.reported(owner, 400, outcome="failed", failed={"failed_at": 1_800_000_000})
        record = client.v1.payment_records.report_payment(params)
        invoice = factories.open_invoice(client, 1000, owner=owner).id
        after = client.v1.invoices.attach_payment(invoice, {"payment_record": record.id})
        assert (after.amount_paid, record.amount_failed.value) == (0, 400)

    def test_is_refunded_up_to_its_amount(self, client, owner):
        record = client.v1.payment_records.report_payment(factories.reported(owner, 400)).id
        back = {"outcome": "refunded", "processor_details": {"type": "custom"}}
        some = {**back, "amount": {"currency": "usd", "value": 100}}
        assert client.v1.payment_records.report_refund(record, some).amount_refunded.value == 100
        with pytest.raises(stripe.InvalidRequestError, match="more than what is left"):
            client.v1.payment_records.report_refund(
                record, {**back, "amount": {"currency": "usd", "value": 301}}
            )

    def test_is_refunded_once_for_each_reference(self, client, owner):
        record = client.v1.payment_records.report_payment(factories.reported(owner, 400)).id
        details = {"type": "custom", "custom": {"refund_reference": "cheque 7"}}
        back = {
            "outcome": "refunded",
            "processor_details": details,
            "amount": {"currency": "usd", "value": 1},
        }
        client.v1.payment_records.report_refund(record, back)
        with pytest.raises(stripe.InvalidRequestError, match="reported already"):
            client.v1.payment_records.report_refund(record, back)
