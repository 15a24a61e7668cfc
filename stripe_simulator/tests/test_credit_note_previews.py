"""Credit notes that are only shown."""

from . import factories
from .payments import refused


class TestAPreview:
    def test_shows_the_note_and_changes_nothing(self, client):
        invoice = factories.draft(client, 1000)
        client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})
        before, events = client.v1.invoices.retrieve(invoice.id), factories.event_types(client)
        params = {"invoice": invoice.id, "amount": 700, "refund_amount": 400, "credit_amount": 300}
        shown = client.v1.credit_notes.preview(params)
        assert (shown.type, shown.post_payment_amount, shown.refunds) == ("post_payment", 700, [])
        assert client.v1.invoices.retrieve(invoice.id) == before
        assert factories.event_types(client) == events
        assert client.v1.credit_notes.list().data == client.v1.refunds.list().data == []

    def test_is_what_is_then_issued(self, client):
        invoice = factories.open_invoice(client, 1000, 500)
        line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[1].id, "amount": 200}
        params = {"invoice": invoice.id, "lines": [line], "memo": "Sorry"}
        shown = client.v1.credit_notes.preview(params).to_dict()
        issued = client.v1.credit_notes.create(params).to_dict()
        same = shown.keys() - {"id", "lines", "created", "effective_at"}
        assert {name: shown[name] for name in same} == {name: issued[name] for name in same}
        assert shown["lines"]["url"] == f"/v1/credit_notes/preview/lines?invoice={invoice.id}"
        assert shown["lines"]["data"][0]["amount"] == issued["lines"]["data"][0]["amount"] == 200

    def test_pages_through_its_lines(self, client):
        invoice = factories.open_invoice(client, 1000)
        own = {"type": "custom_line_item", "quantity": 1}
        lines = [{**own, "unit_amount": amount} for amount in (10, 20, 30)]
        listed = client.v1.credit_notes.preview_lines.list(
            {"invoice": invoice.id, "lines": lines, "limit": 2}
        )
        assert [line.amount for line in listed.auto_paging_iter()] == [10, 20, 30]

    def test_is_refused_where_the_note_would_be(self, client):
        invoice = factories.open_invoice(client, 1000)
        params = {"invoice": invoice.id, "amount": 1001, "credit_amount": 1}
        assert refused(client.v1.credit_notes.preview, params).param == "amount"
