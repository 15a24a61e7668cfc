"""Authorizations that are released, and payments that wait for more than the card."""

from . import factories
from .payments import paid


class TestAnAuthorization:
    def test_that_is_canceled_is_released(self, client):
        authorized = paid(client, capture_method="manual")
        client.v1.payment_intents.cancel(authorized.id)
        assert client.v1.charges.retrieve(authorized.latest_charge).refunded is True

    def test_ends_after_seven_days(self, client, server):
        authorized = paid(client, capture_method="manual")
        server.advance_clock(7 * 86400 + 1)
        ended = client.v1.payment_intents.retrieve(authorized.id)
        assert (ended.status, ended.cancellation_reason) == ("canceled", "automatic")
        assert "charge.expired" in factories.event_types(client)

    def test_that_was_captured_does_not_end(self, client, server):
        authorized = paid(client, capture_method="manual")
        client.v1.payment_intents.capture(authorized.id, {"metadata": {"order": "7"}})
        server.advance_clock(8 * 86400)
        taken = client.v1.payment_intents.retrieve(authorized.id)
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
        owner = factories.customer(client, test_clock=clock.id)
        debit = paid(client, payment_method="pm_usBankAccount_success", customer=owner.id)
        assert debit.status == "processing"
        client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_800_000_000 + 5 * 86400})
        assert client.v1.payment_intents.retrieve(debit.id).status == "succeeded"
