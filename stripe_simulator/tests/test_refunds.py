"""Refunds that are delayed or fail."""

import pytest
import stripe

from . import factories
from .payments import paid, refused


class TestARefund:
    def test_of_too_much_shows_what_is_left(self, client):
        error = refused(client.v1.refunds.create, {"payment_intent": paid(client).id, "amount": 1001})
        expected = "Refund amount ($10.01) is greater than unrefunded amount on charge ($10.00)"
        assert (error.message, error.param) == (expected, "amount")

    def test_may_be_pending_and_succeed(self, client, server):
        refund = client.v1.refunds.create(
            {"payment_intent": paid(client, payment_method="pm_card_pendingRefund").id}
        )
        assert refund.status == "pending"
        server.advance_clock(301)
        assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
        assert "refund.updated" in factories.event_types(client)

    def test_may_fail_and_leave_the_charge_as_it_was(self, client, server):
        done = paid(client, payment_method="pm_card_refundFail")
        refund = client.v1.refunds.create({"payment_intent": done.id})
        server.advance_clock(301)
        failed = client.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
        assert (failed.status, failed.charge.amount_refunded, failed.charge.refunded) == ("failed", 0, False)
        assert factories.event_types(client)[-1] == "refund.failed"

    def test_of_what_was_not_captured_is_refused(self, client):
        authorized = paid(client, capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create({"charge": authorized.latest_charge})
