"""A customer's balance."""

from . import factories


class TestABalance:
    def test_keeps_a_ledger(self, client):
        customer = factories.customer(client)
        ledger = client.v1.customers.balance_transactions
        ledger.create(customer.id, {"amount": -500, "currency": "usd", "description": "Goodwill"})
        invoice = factories.open_invoice(client, 300, owner=customer)
        assert (invoice.status, invoice.amount_due, invoice.ending_balance) == ("paid", 0, -200)
        entries = [(entry.type, entry.amount, entry.ending_balance) for entry in ledger.list(customer.id)]
        assert entries == [("applied_to_invoice", 300, -200), ("adjustment", -500, -500)]
