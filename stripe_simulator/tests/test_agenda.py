"""What else happens as time passes."""

import pytest

from . import factories
from .subscriptions import DAY, refetched, subscribe


class TestATrial:
    def test_ends_with_a_notice_and_an_invoice(self, client, server):
        subscription = subscribe(client, trial_period_days=14)
        assert refetched(client, subscription).latest_invoice.total == 0
        server.advance_clock(12 * DAY)
        assert factories.event_types(client).count("customer.subscription.trial_will_end") == 1
        server.advance_clock(3 * DAY)
        after = refetched(client, subscription)
        assert (after.status, after.latest_invoice.total) == ("active", 1000)

    @pytest.mark.parametrize(("behavior", "status"), [("cancel", "canceled"), ("pause", "paused")])
    def test_without_payment_method_ends_as_configured(self, client, server, behavior, status):
        items = [{"price": factories.price(client).id}]
        settings = {"end_behavior": {"missing_payment_method": behavior}}
        params = {"items": items, "trial_period_days": 2, "trial_settings": settings}
        subscription = client.v1.subscriptions.create({"customer": factories.customer(client).id, **params})
        server.advance_clock(3 * DAY)
        assert refetched(client, subscription).status == status


class TestOtherThings:
    def test_expire(self, client, server):
        session = factories.session(client)
        server.advance_clock(DAY + 1)
        assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
        assert factories.event_types(client)[-1] == "checkout.session.expired"

    def test_advance_by_themselves(self, client, server):
        invoice = factories.draft(client, 500, auto_advance=True)
        assert invoice.automatically_finalizes_at == invoice.created + 3600
        server.advance_clock(3601)
        assert client.v1.invoices.retrieve(invoice.id).status == "open"

    def test_stay_incomplete_for_23_hours(self, client, server):
        subscription = subscribe(client, payment_behavior="default_incomplete")
        server.advance_clock(23 * 3600 + 1)
        expired = refetched(client, subscription)
        assert (expired.status, expired.latest_invoice.status) == ("incomplete_expired", "void")
