"""What Stripe leaves out is absent, and what it sends as null is there."""

import stripe
from stripe._object_classes import OBJECT_CLASSES

from stripe_simulator.state.presence import WITH_CUSTOMER_ACCOUNT

from . import factories
from .payments import paid
from .subscriptions import subscribe


class TestWhatIsLeftOut:
    def test_on_an_invoice_its_lines_and_a_subscriptions_items(self, client):
        subscription = subscribe(client, expand=["latest_invoice"])
        assert "billed_until" not in subscription["items"].data[0]
        assert "threshold_reason" not in subscription.latest_invoice
        assert "subscription" not in factories.draft(client, 100).lines.data[0]

    def test_on_a_line_of_a_credit_note_of_its_own(self, client):
        invoice = factories.open_invoice(client, 1000)
        lines = [{"type": "custom_line_item", "description": "Sorry", "unit_amount": 100, "quantity": 1}]
        note = client.v1.credit_notes.create({"invoice": invoice.id, "lines": lines})
        assert "invoice_line_item" not in note.lines.data[0]
        of_invoice = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id}
        lines = [of_invoice | {"amount": 100}]
        note = client.v1.credit_notes.create({"invoice": invoice.id, "lines": lines})
        assert note.lines.data[0].invoice_line_item == invoice.lines.data[0].id


class TestWhatIsNull:
    def test_is_the_customers_account_wherever_the_sdk_knows_it(self, client):
        for kind in WITH_CUSTOMER_ACCOUNT:
            module, name = OBJECT_CLASSES[kind]
            annotations = vars(__import__(module, fromlist=[name]))[name].__annotations__
            assert "customer_account" in annotations
        invoice = factories.open_invoice(client)
        assert (invoice.customer_account, paid(client).customer_account) == (None, None)
        created = client.v1.events.list({"type": "customer.created"}).data[0].data.object
        assert created["customer_account"] is None

    def test_is_what_freezes_or_delays_an_invoice_item(self, client):
        item = client.v1.invoice_items.create(
            {"customer": factories.customer(client).id, "amount": 100, "currency": "usd"}
        )
        assert (item.frozen_fields, item.invoicing_rules) == (None, None)

    def test_is_nothing_of_a_deleted_object(self, client):
        customer = factories.customer(client)
        client.v1.customers.delete(customer.id)
        deleted: stripe.Customer = client.v1.customers.retrieve(customer.id)
        assert "customer_account" not in deleted


class TestTheRenderingOfAnInvoice:
    def test_is_there_and_its_page_size_is_fixed_when_it_is_finalized(self, client):
        draft = factories.draft(client, 100)
        unset = {"amount_tax_display": None, "template": None, "template_version": None}
        assert draft.rendering.to_dict() == unset | {"pdf": {"page_size": "auto"}}
        final = client.v1.invoices.finalize_invoice(draft.id)
        assert final.rendering.to_dict() == unset | {"pdf": {"page_size": "letter"}}

    def test_keeps_what_was_chosen(self, client):
        invoice = factories.open_invoice(client, rendering={"pdf": {"page_size": "a4"}})
        assert (invoice.rendering.pdf.page_size, invoice.rendering.template) == ("a4", None)
