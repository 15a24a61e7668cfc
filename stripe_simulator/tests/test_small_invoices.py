"""Invoices below the minimum charge, and above the maximum."""

from . import factories


def ledger(client, owner):
    entries = client.v1.customers.balance_transactions.list(owner.id).data
    return [(entry.type, entry.amount) for entry in reversed(entries)]


class TestAnInvoiceBelowTheMinimum:
    def test_is_paid_and_owed_with_the_next_one(self, client):
        owner = factories.customer(client)
        small = factories.open_invoice(client, 30, owner=owner)
        assert (small.status, small.total, small.amount_due, small.ending_balance) == ("paid", 30, 0, 30)
        assert ledger(client, owner) == [("invoice_too_small", 30)]
        following = factories.open_invoice(client, 100, owner=owner)
        assert (following.status, following.total, following.amount_due) == ("open", 100, 130)
        assert client.v1.customers.retrieve(owner.id).balance == 0

    def test_may_be_one_that_credit_has_lowered(self, client):
        owner = factories.customer(client, balance=-980)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        assert (invoice.status, invoice.amount_due, invoice.ending_balance) == ("paid", 0, 20)
        assert ledger(client, owner)[1:] == [("applied_to_invoice", 980), ("invoice_too_small", 20)]


class TestAnInvoiceAboveTheMaximum:
    def test_is_paid_and_owed_with_the_next_one(self, client):
        owner = factories.customer(client, balance=90_000_000)
        large = factories.open_invoice(client, 20_000_000, owner=owner)
        assert (large.status, large.amount_due, large.ending_balance) == ("paid", 0, 110_000_000)
        assert ledger(client, owner)[1:] == [
            ("applied_to_invoice", -90_000_000),
            ("invoice_too_large", 110_000_000),
        ]
