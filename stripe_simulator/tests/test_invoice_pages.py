"""Receipts and PDFs, and the label on every page."""

import httpx

from . import factories


class TestAnInvoicesFile:
    def test_is_a_pdf(self, client):
        invoice = factories.open_invoice(client, 1234)
        response = httpx.get(invoice.invoice_pdf)
        assert response.headers["content-type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-1.4") and b"12.34 USD" in response.content


class TestAReceipt:
    def test_shows_what_was_paid(self, client, server):
        server.pay_checkout_session(factories.session(client, 1234).id)
        text = httpx.get(client.v1.charges.list().data[0].receipt_url).text
        assert "12.34 USD by visa ending in 4242: succeeded." in text


class TestEveryPage:
    def test_is_labelled_as_a_simulator(self, client, server):
        session, invoice, owner = (
            factories.session(client),
            factories.open_invoice(client),
            factories.customer(client),
        )
        server.pay_checkout_session(session.id)
        waiting = factories.session(client)
        challenge = server.pay_checkout_session(waiting.id, "4000002500003155").headers["location"]
        portal = client.v1.billing_portal.sessions.create({"customer": owner.id})
        receipt = client.v1.charges.list().data[0].receipt_url
        paths = ["/", f"/_simulator/objects/{owner.id}", challenge, "/pay/nothing", f"/pay/{session.id}"]
        pages = [server.base_url + path for path in paths]
        pages += [waiting.url, invoice.hosted_invoice_url, portal.url, receipt]
        for address in pages:
            text = httpx.get(address).text
            assert 'role="note">Stripe simulator – no real money.' in text, address
        assert b"STRIPE SIMULATOR - NO REAL MONEY" in httpx.get(invoice.invoice_pdf).content
