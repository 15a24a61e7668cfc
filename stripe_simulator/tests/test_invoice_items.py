"""Invoice items."""

import pytest
import stripe

from . import factories


class TestAnInvoiceItem:
    def test_waits_for_an_invoice_that_includes_it(self, client):
        owner = factories.customer(client)
        item = client.v1.invoice_items.create({"customer": owner.id, "amount": 700, "currency": "usd"})
        assert (item.invoice, factories.draft(client, owner=owner).total) == (None, 0)
        invoice = factories.draft(client, owner=owner, pending_invoice_items_behavior="include")
        assert invoice.total == 700
        assert client.v1.invoice_items.retrieve(item.id).invoice == invoice.id

    def test_goes_on_a_draft_at_once_when_named(self, client):
        owner = factories.customer(client)
        invoice = factories.draft(client, owner=owner)
        params = {"customer": owner.id, "invoice": invoice.id, "amount": 300, "description": "Extra"}
        item = client.v1.invoice_items.create(params)
        assert (
            client.v1.invoices.retrieve(invoice.id).lines.data[0].parent.invoice_item_details.invoice_item
            == item.id
        )

    def test_changes_its_line_until_finalized(self, client):
        owner = factories.customer(client)
        invoice = factories.draft(client, owner=owner)
        item = client.v1.invoice_items.create({"customer": owner.id, "invoice": invoice.id, "amount": 300})
        client.v1.invoice_items.update(item.id, {"amount": 500})
        assert client.v1.invoices.retrieve(invoice.id).total == 500
        client.v1.invoices.finalize_invoice(invoice.id)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.invoice_items.delete(item.id)

    def test_can_be_deleted(self, client):
        owner = factories.customer(client)
        pending = client.v1.invoice_items.create({"customer": owner.id, "amount": 700, "currency": "usd"})
        client.v1.invoice_items.delete(pending.id)
        assert client.v1.invoice_items.list().data == []

    def test_can_be_added_as_a_line(self, client):
        owner = factories.customer(client)
        item = client.v1.invoice_items.create({"customer": owner.id, "amount": 700, "currency": "usd"})
        invoice = factories.draft(client, owner=owner)
        lines = {"lines": [{"invoice_item": item.id}]}
        assert client.v1.invoices.add_lines(invoice.id, lines).total == 700
