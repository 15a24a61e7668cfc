"""Refunds that take their time or fail, and authorizations that are given back."""

import pytest
import stripe

from . import made
from .test_payment_refusals import paid, refused


class TestARefund:
    def test_of_too_much_says_what_is_left(self, client):
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
        assert "refund.updated" in made.event_types(client)

    def test_may_fail_and_leave_the_charge_as_it_was(self, client, server):
        done = paid(client, payment_method="pm_card_refundFail")
        refund = client.v1.refunds.create({"payment_intent": done.id})
        server.advance_clock(301)
        failed = client.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
        assert (failed.status, failed.charge.amount_refunded, failed.charge.refunded) == ("failed", 0, False)
        assert made.event_types(client)[-1] == "refund.failed"

    def test_of_what_was_not_captured_is_refused(self, client):
        held = paid(client, capture_method="manual")
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create({"charge": held.latest_charge})


class TestAnAuthorization:
    def test_that_is_canceled_is_given_back(self, client):
        held = paid(client, capture_method="manual")
        client.v1.payment_intents.cancel(held.id)
        assert client.v1.charges.retrieve(held.latest_charge).refunded is True

    def test_ends_after_seven_days(self, client, server):
        held = paid(client, capture_method="manual")
        server.advance_clock(7 * 86400 + 1)
        ended = client.v1.payment_intents.retrieve(held.id)
        assert (ended.status, ended.cancellation_reason) == ("canceled", "automatic")
        assert "charge.expired" in made.event_types(client)

    def test_that_was_captured_does_not_end(self, client, server):
        held = paid(client, capture_method="manual")
        client.v1.payment_intents.capture(held.id, {"metadata": {"order": "7"}})
        server.advance_clock(8 * 86400)
        taken = client.v1.payment_intents.retrieve(held.id)
        assert (taken.status, taken.metadata["order"]) == ("succeeded", "7")


class TestManualConfirmation:
    def test_waits_for_the_server_after_the_challenge(self, client, server):
        waiting = paid(client, payment_method="pm_card_authenticationRequired", confirmation_method="manual")
        server.answer_challenge(waiting.id)
        assert client.v1.payment_intents.retrieve(waiting.id).status == "requires_confirmation"
        assert client.v1.payment_intents.confirm(waiting.id).status == "succeeded"


class TestADebitOnATestClock:
    def test_is_settled_by_that_clock(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        owner = made.customer(client, test_clock=clock.id)
        debit = paid(client, payment_method="pm_usBankAccount_success", customer=owner.id)
        assert debit.status == "processing"
        client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_800_000_000 + 5 * 86400})
        assert client.v1.payment_intents.retrieve(debit.id).status == "succeeded"
