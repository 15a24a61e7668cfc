"""The checkout page."""

import httpx

from . import factories


class TestThePage:
    def test_is_labelled_as_a_simulator_and_escapes(self, client, server):
        item = {"price_data": {"currency": "usd", "unit_amount": 50, "product_data": {"name": "<b>x</b>"}}}
        session = factories.session(client, line_items=[item])
        text = httpx.get(session.url).text
        assert "Stripe simulator" in text and "no real money" in text
        assert "<b>x</b>" not in text and "&lt;b&gt;" in text

    def test_refuses_other_cards(self, client, server):
        response = server.pay_checkout_session(factories.session(client).id, "4111111111111111")
        assert response.status_code == 400
        assert "test card numbers" in response.text

    def test_of_nothing_is_not_found(self, server):
        for path in ("/pay/cs_test_x", "/i/in_x", "/3d_secure/pi_x"):
            assert httpx.get(server.base_url + path).status_code == 404

    def test_of_an_invoice_can_be_paid(self, client, server):
        invoice = factories.open_invoice(client)
        assert invoice.number in httpx.get(invoice.hosted_invoice_url).text
        assert server.pay_invoice(invoice.id, "4000000000000002").status_code == 402
        assert server.pay_invoice(invoice.id).status_code == 303
        assert client.v1.invoices.retrieve(invoice.id).status == "paid"
        assert "Paid, thank you" in httpx.get(invoice.hosted_invoice_url).text
