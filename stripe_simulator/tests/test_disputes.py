"""Disputes."""

import pytest
import stripe

from . import factories


def disputed(client):
    client.v1.payment_intents.create(
        {"amount": 900, "currency": "usd", "payment_method": "pm_card_createDispute", "confirm": True}
    )
    return client.v1.disputes.list().data[0]


class TestADispute:
    def test_comes_with_its_test_card(self, client):
        dispute = disputed(client)
        charge = client.v1.charges.retrieve(dispute.charge)
        assert (dispute.status, dispute.amount, charge.disputed) == ("needs_response", 900, True)
        assert "charge.dispute.created" in factories.event_types(client)

    @pytest.mark.parametrize(("text", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
    def test_is_decided_by_the_evidence(self, client, text, status):
        evidence = {"evidence": {"uncategorized_text": text}, "submit": True}
        assert client.v1.disputes.update(disputed(client).id, evidence).status == status
        assert "charge.dispute.closed" in factories.event_types(client)

    def test_can_be_accepted_once(self, client):
        dispute = client.v1.disputes.close(disputed(client).id)
        assert dispute.status == "lost"
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.disputes.close(dispute.id)

    def test_forbids_a_refund(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.refunds.create({"charge": disputed(client).charge})
        assert caught.value.code == "charge_disputed"

    def test_that_was_won_allows_one(self, client):
        dispute = disputed(client)
        client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
        assert client.v1.refunds.create({"charge": dispute.charge}).status == "succeeded"
