"""Checkout sessions."""

import httpx
import pytest
import stripe

from . import factories


class TestASession:
    def test_is_open_until_paid_on_its_page(self, client, server):
        session = factories.session(client, metadata={"a": "b"}, payment_intent_data={"metadata": {"c": "d"}})
        assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
        response = server.pay_checkout_session(session.id)
        assert response.status_code == 303
        assert response.headers["location"] == f"https://example.com/done?session={session.id}"
        done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
        assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
        assert done.payment_intent.metadata.to_dict() == {"c": "d"}
        assert done.customer_details.email == "payer@example.com"

    def test_emits_events_in_order(self, client, server):
        server.pay_checkout_session(factories.session(client).id)
        expected = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                "checkout.session.completed"]  # fmt: skip
        assert factories.event_types(client)[-4:] == expected

    def test_stays_open_after_a_decline(self, client, server):
        session = factories.session(client)
        response = server.pay_checkout_session(session.id, "4000000000000002")
        assert response.status_code == 402
        assert "Your card was declined." in response.text
        assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
        assert server.pay_checkout_session(session.id).status_code == 303
        assert len(client.v1.payment_intents.list().data) == 1

    @pytest.mark.parametrize(("passed", "status"), [(True, "complete"), (False, "open")])
    def test_requires_3d_secure(self, client, server, passed, status):
        session = factories.session(client)
        response = server.pay_checkout_session(session.id, "4000 0025 0000 3155")
        challenge = httpx.get(server.base_url + response.headers["location"])
        assert "3-D Secure" in challenge.text
        server.answer_challenge(response.headers["location"].rsplit("/")[-1], passed)
        assert client.v1.checkout.sessions.retrieve(session.id).status == status

    def test_once_paid_cannot_be_paid_or_expired(self, client, server):
        session = factories.session(client)
        server.pay_checkout_session(session.id)
        assert server.pay_checkout_session(session.id).status_code == 400
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.expire(session.id)
        assert len(client.v1.charges.list().data) == 1

    def test_expires_on_request(self, client, server):
        session = client.v1.checkout.sessions.expire(factories.session(client).id)
        assert (session.status, session.url) == ("expired", None)
        assert server.pay_checkout_session(session.id).status_code == 400
        assert factories.event_types(client)[-1] == "checkout.session.expired"

    def test_expires_after_a_day(self, client, server):
        session = factories.session(client)
        assert session.expires_at == session.created + 86400
        server.advance_clock(86401)
        assert server.pay_checkout_session(session.id).status_code == 400
        assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"

    @pytest.mark.parametrize("expires", ["on request", "in time"])
    def test_that_expires_cancels_its_payment(self, client, server, expires):
        session = factories.session(client)
        challenge = server.pay_checkout_session(session.id, "4000 0025 0000 3155").headers["location"]
        if expires == "in time":
            server.advance_clock(86401)
        else:
            client.v1.checkout.sessions.expire(session.id)
        intent = client.v1.payment_intents.retrieve(challenge.rpartition("/")[2])
        assert (intent.status, intent.cancellation_reason, intent.next_action) == (
            "canceled",
            "automatic",
            None,
        )
        assert factories.event_types(client)[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
        assert server.answer_challenge(intent.id, True).status_code == 404
        assert not client.v1.charges.list({"payment_intent": intent.id}).data

    def test_that_expires_cancels_its_setup(self, client, server):
        session = factories.session(client, mode="setup", line_items=None, currency="usd")
        challenge = server.pay_checkout_session(session.id, "4000 0025 0000 3155").headers["location"]
        client.v1.checkout.sessions.expire(session.id)
        assert client.v1.setup_intents.retrieve(challenge.rpartition("/")[2]).status == "canceled"

    def test_shows_its_items(self, client):
        session = factories.session(client, 1234, expand=["line_items"])
        assert (session.amount_total, session.line_items.data[0].amount_total) == (1234, 1234)
        assert client.v1.checkout.sessions.line_items.list(session.id).data[0].description == "Thing"

    def test_needs_items_and_somewhere_to_return_to(self, client):
        for params in ({"mode": "payment", "success_url": "https://a.b"}, {"mode": "payment"}, {}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.checkout.sessions.create(params)
        for url in ("example.com", "javascript:alert(1)"):
            with pytest.raises(stripe.InvalidRequestError):
                factories.session(client, success_url=url)

    def test_can_be_found_by_its_payment(self, client, server):
        session = factories.session(client)
        factories.session(client)
        server.pay_checkout_session(session.id)
        intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
        assert [found.id for found in client.v1.checkout.sessions.list({"payment_intent": intent})] == [
            session.id
        ]

    def test_in_setup_mode_keeps_the_card(self, client, server):
        owner = factories.customer(client)
        session = client.v1.checkout.sessions.create(
            {"mode": "setup", "currency": "usd", "customer": owner.id, "success_url": "https://example.com/"}
        )
        assert server.pay_checkout_session(session.id).status_code == 303
        done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
        assert (done.payment_status, done.setup_intent.status) == ("no_payment_required", "succeeded")
        assert (
            client.v1.customers.payment_methods.list(owner.id).data[0].id == done.setup_intent.payment_method
        )

    def test_creates_a_customer_on_request(self, client, server):
        session = factories.session(client, customer_creation="always")
        server.pay_checkout_session(session.id)
        done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
        assert done.customer.email == "payer@example.com"
