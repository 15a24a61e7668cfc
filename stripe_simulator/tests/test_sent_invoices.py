"""Invoices that are sent to be paid."""

import pytest
import stripe

from . import factories


class TestSending:
    def test_finalizes_and_emits_events(self, client):
        invoice = factories.draft(client, 100, collection_method="send_invoice", days_until_due=3)
        assert client.v1.invoices.send_invoice(invoice.id).status == "open"
        assert factories.event_types(client)[-1] == "invoice.sent"

    def test_is_refused_for_invoices_that_are_charged(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="collection method"):
            client.v1.invoices.send_invoice(factories.draft(client, 100).id)
