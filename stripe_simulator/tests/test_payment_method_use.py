"""What a payment method may be used for."""

from . import factories
from .payments import paid, refused


class TestAPaymentMethod:
    def test_without_a_customer_pays_once(self, client):
        first = paid(client)
        error = refused(lambda: paid(client, payment_method=first.payment_method))
        assert error.code == "payment_method_unexpected_state"
        owner = factories.customer(client)
        assert refused(client.v1.payment_methods.attach, first.payment_method, {"customer": owner.id}).code

    def test_can_be_created_with_the_payment(self, client):
        bank = {"account_number": "000123456789", "routing_number": "110000000"}
        data = {"type": "us_bank_account", "us_bank_account": bank | {"account_holder_type": "company"}}
        given = {"amount": 1000, "currency": "usd", "confirm": True, "payment_method_data": data}
        made_one = client.v1.payment_intents.create(given | {"expand": ["payment_method"]})
        assert (made_one.status, made_one.payment_method.type) == ("processing", "us_bank_account")

    def test_once_set_up_needs_no_more_authentication(self, client, server):
        owner, challenged = factories.customer(client), "pm_card_authenticationRequiredOnSetup"
        setup = client.v1.setup_intents.create(
            {"customer": owner.id, "payment_method": challenged, "confirm": True}
        )
        server.answer_challenge(setup.id)
        known = {"customer": owner.id, "payment_method": setup.payment_method}
        assert paid(client, **known, off_session=True).status == "succeeded"
        assert paid(client, **known).status == "requires_action"
        attached = client.v1.payment_methods.attach(challenged, {"customer": owner.id})
        assert paid(client, customer=owner.id, payment_method=attached.id).status == "requires_action"

    def test_that_has_expired_is_refused(self, client):
        card = {"number": "4242424242424242", "exp_month": 13, "exp_year": 2040}
        error = refused(client.v1.payment_methods.create, {"type": "card", "card": card})
        assert error.code == "invalid_expiry_month"
