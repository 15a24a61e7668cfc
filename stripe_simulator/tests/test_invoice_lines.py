"""The lines of invoices."""

import pytest
import stripe

from . import factories


def line_ids(invoice):
    return [line.id for line in invoice.lines.data]


class TestALine:
    def test_can_be_changed_on_a_draft(self, client):
        invoice = factories.draft(client, 100, 200)
        first, second = line_ids(invoice)
        lines = [{"id": second, "amount": 900, "description": "More", "metadata": {"a": "b"}}]
        invoice = client.v1.invoices.update_lines(invoice.id, {"lines": lines})
        assert (invoice.total, invoice.lines.data[1].description) == (1000, "More")
        line = client.v1.invoices.line_items.update(invoice.id, first, {"description": "Less"})
        assert (line.description, line.amount) == ("Less", 100)

    def test_keeps_its_price_when_only_the_quantity_changes(self, client):
        invoice = factories.draft(client)
        price = factories.price(client, 250, interval=None)
        lines = [{"pricing": {"price": price.id}, "quantity": 2}]
        invoice = client.v1.invoices.add_lines(invoice.id, {"lines": lines})
        change = [{"id": line_ids(invoice)[0], "quantity": 5}]
        assert client.v1.invoices.update_lines(invoice.id, {"lines": change}).total == 1250

    def test_can_be_removed_with_or_without_its_item(self, client):
        invoice = factories.draft(client, 100, 200)
        first, second = line_ids(invoice)
        lines = [{"id": first, "behavior": "delete"}, {"id": second, "behavior": "unassign"}]
        invoice = client.v1.invoices.remove_lines(invoice.id, {"lines": lines})
        assert (invoice.total, invoice.lines.data) == (0, [])
        assert [item.amount for item in client.v1.invoice_items.list({"pending": True})] == [200]

    def test_of_another_invoice_is_missing(self, client):
        mine, other = factories.draft(client, 100), factories.draft(client, 100)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.invoices.update_lines(mine.id, {"lines": [{"id": line_ids(other)[0], "amount": 1}]})
        assert (caught.value.code, caught.value.param) == ("resource_missing", "lines[0][id]")

    def test_is_fixed_once_finalized(self, client):
        invoice = factories.open_invoice(client, 100)
        id = line_ids(invoice)[0]
        for call, params in (
            (client.v1.invoices.update_lines, {"lines": [{"id": id, "amount": 1}]}),
            (client.v1.invoices.remove_lines, {"lines": [{"id": id, "behavior": "delete"}]}),
        ):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                call(invoice.id, params)
            assert caught.value.code == "invoice_not_editable"
