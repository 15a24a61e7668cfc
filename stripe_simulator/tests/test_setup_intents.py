"""SetupIntents."""

import pytest
import stripe

from . import factories


def setup(client, card, owner=None, **params):
    owner = owner or factories.customer(client)
    return client.v1.setup_intents.create(
        {"customer": owner.id, "payment_method": card, "confirm": True, **params}
    )


class TestASetupIntent:
    def test_attaches_a_good_card(self, client):
        owner = factories.customer(client)
        done = setup(client, "pm_card_visa", owner)
        assert done.status == "succeeded"
        assert client.v1.payment_methods.retrieve(done.payment_method).customer == owner.id
        expected = ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]
        assert factories.event_types(client)[1:] == expected

    def test_fails_with_a_bad_card(self, client):
        with pytest.raises(stripe.CardError) as caught:
            setup(client, "pm_card_chargeDeclined")
        found = client.v1.setup_intents.retrieve(caught.value.error.setup_intent.id)
        assert (found.status, found.last_setup_error.code) == ("requires_payment_method", "card_declined")
        assert factories.event_types(client)[-1] == "setup_intent.setup_failed"

    @pytest.mark.parametrize(("passed", "status"), [(True, "succeeded"), (False, "requires_payment_method")])
    def test_may_need_authentication(self, client, server, passed, status):
        waiting = setup(client, "pm_card_authenticationRequired")
        assert waiting.status == "requires_action"
        server.answer_challenge(waiting.id, passed)
        assert client.v1.setup_intents.retrieve(waiting.id).status == status

    def test_once_ended_refuses_everything(self, client):
        done = setup(client, "pm_card_visa")
        for call in (client.v1.setup_intents.confirm, client.v1.setup_intents.cancel):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                call(done.id)
            assert caught.value.code == "setup_intent_unexpected_state"
