"""Payments that take days."""

import pytest

from . import factories

DAYS = 5 * 86400


class TestADebit:
    @pytest.mark.parametrize(
        ("method", "status", "event"),
        [
            ("pm_usBankAccount_success", "succeeded", "payment_intent.succeeded"),
            (
                "pm_usBankAccount_insufficientFunds",
                "requires_payment_method",
                "payment_intent.payment_failed",
            ),
        ],
    )
    def test_is_processing_for_days(self, client, server, method, status, event):
        params = {"amount": 900, "currency": "usd", "payment_method": method, "confirm": True}
        intent = client.v1.payment_intents.create(params)
        assert intent.status == "processing"
        assert intent.payment_method_types == ["card", "us_bank_account"]
        assert client.v1.charges.retrieve(intent.latest_charge).status == "pending"
        server.advance_clock(DAYS)
        assert client.v1.payment_intents.retrieve(intent.id).status == status
        assert factories.event_types(client)[-1] == event

    @pytest.mark.parametrize(
        ("number", "paid", "event"),
        [("000123456789", "paid", "succeeded"), ("000222222227", "unpaid", "failed")],
    )
    def test_completes_a_session_before_there_is_money(self, client, server, number, paid, event):
        session = factories.session(client)
        assert server.pay_checkout_session(session.id, number).status_code == 303
        done = client.v1.checkout.sessions.retrieve(session.id)
        assert (done.status, done.payment_status) == ("complete", "unpaid")
        server.advance_clock(DAYS)
        assert client.v1.checkout.sessions.retrieve(session.id).payment_status == paid
        assert f"checkout.session.async_payment_{event}" in factories.event_types(client)

    def test_pays_an_invoice_when_it_arrives(self, client, server):
        invoice = factories.open_invoice(client)
        invoice = client.v1.invoices.pay(invoice.id, {"payment_method": "pm_usBankAccount_success"})
        assert invoice.status == "open"
        server.advance_clock(DAYS)
        assert client.v1.invoices.retrieve(invoice.id).status == "paid"

    def test_goes_back_slowly_once_it_has_succeeded(self, client, server):
        params = {"amount": 900, "currency": "usd", "payment_method": "pm_usBankAccount_success"}
        intent = client.v1.payment_intents.create({**params, "confirm": True})
        server.advance_clock(DAYS)
        refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 400})
        assert (refund.status, refund.destination_details) == ("pending", None)
