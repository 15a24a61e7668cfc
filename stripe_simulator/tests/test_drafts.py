"""Draft invoices."""

import pytest
import stripe

from . import factories


def refuses(call, *arguments):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code


class TestADraft:
    def test_has_no_number_and_no_page(self, client):
        invoice = factories.draft(client, 1000)
        assert (invoice.status, invoice.number, invoice.hosted_invoice_url) == ("draft", None, None)

    def test_can_be_changed_and_deleted(self, client):
        invoice = factories.draft(client, 1000)
        invoice = client.v1.invoices.update(invoice.id, {"description": "x", "metadata": {"a": "b"}})
        assert invoice.description == "x"
        assert client.v1.invoices.delete(invoice.id).deleted
        assert refuses(client.v1.invoices.retrieve, invoice.id) == "resource_missing"

    def test_holds_250_lines_and_no_more(self, client):
        invoice = factories.draft(client)
        client.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 1}] * 250})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 1}]})
        lines = list(client.v1.invoices.line_items.list(invoice.id, {"limit": 100}).auto_paging_iter())
        assert len({line.id for line in lines}) == 250
        invoice = client.v1.invoices.retrieve(invoice.id)
        assert (invoice.total, len(invoice.lines.data), invoice.lines.has_more) == (250, 10, True)

    def test_that_is_sent_needs_a_due_date(self, client):
        owner = factories.customer(client)
        params = {"customer": owner.id, "collection_method": "send_invoice"}
        with pytest.raises(stripe.InvalidRequestError, match="you must specify 'due_date'"):
            client.v1.invoices.create(params)
        invoice = client.v1.invoices.create({**params, "days_until_due": 30})
        assert invoice.due_date == invoice.created + 30 * 86400
