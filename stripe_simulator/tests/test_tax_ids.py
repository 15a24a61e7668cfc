"""Tax ids of customers."""

import pytest
import stripe

from . import factories


class TestATaxId:
    @pytest.mark.parametrize(
        ("value", "status"),
        [("DE000000000", "verified"), ("DE111111111", "unverified"), ("DE222222222", "pending")],
    )
    def test_is_verified_a_moment_later(self, client, server, value, status):
        owner = factories.customer(client, tax_id_data=[{"type": "eu_vat", "value": value}])
        tax_id = client.v1.customers.tax_ids.list(owner.id).data[0]
        assert (tax_id.verification.status, tax_id.country) == ("pending", "DE")
        server.advance_clock(2)
        assert client.v1.customers.tax_ids.retrieve(owner.id, tax_id.id).verification.status == status

    def test_of_the_wrong_format_is_refused_and_no_customer_created(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            factories.customer(client, tax_id_data=[{"type": "eu_vat", "value": "123"}])
        assert (caught.value.code, caught.value.param) == ("tax_id_invalid", "tax_id_data[0][value]")
        assert client.v1.customers.list().data == []

    def test_is_shown_on_invoices_and_by_its_customer(self, client):
        owner = factories.customer(client, tax_id_data=[{"type": "us_ein", "value": "12-3456789"}])
        invoice = factories.draft(client, 1000, owner=owner)
        assert [(tax_id.type, tax_id.value) for tax_id in invoice.customer_tax_ids] == [
            ("us_ein", "12-3456789")
        ]
        shown = client.v1.customers.retrieve(owner.id, {"expand": ["tax_ids", "subscriptions"]})
        assert (len(shown.tax_ids.data), shown.subscriptions.data) == (1, [])

    def test_of_another_customer_is_missing(self, client):
        owner, other = factories.customer(client), factories.customer(client)
        tax_id = client.v1.customers.tax_ids.create(owner.id, {"type": "gb_vat", "value": "GB123456789"})
        with pytest.raises(stripe.InvalidRequestError, match="No such tax id"):
            client.v1.customers.tax_ids.retrieve(other.id, tax_id.id)
