"""When and how an open invoice is collected."""

import pytest

from . import factories
from .payments import refused
from .subscriptions import DAY, subscribe

CHALLENGED = "pm_card_threeDSecure2Required"


def events_of(client, type):
    return [event.data.object for event in client.v1.events.list({"type": type}).data]


def refetched(client, invoice):
    return client.v1.invoices.retrieve(invoice.id)


class TestPaying:
    @pytest.mark.parametrize("given", [{}, {"off_session": False}], ids=["not sent", "false"])
    def test_with_a_challenged_card_requires_action(self, client, server, given):
        invoice = factories.open_invoice(client)
        error = refused(client.v1.invoices.pay, invoice.id, {"payment_method": CHALLENGED, **given})
        assert (error.type, error.code) == ("card_error", "invoice_payment_intent_requires_action")
        assert client.v1.payment_intents.retrieve(error.payment_intent.id).status == "requires_action"
        assert [shown["id"] for shown in events_of(client, "invoice.payment_action_required")] == [invoice.id]
        server.answer_challenge(error.payment_intent.id)
        assert refetched(client, invoice).status == "paid"

    def test_without_the_customer_declines_a_challenged_card(self, client):
        invoice = factories.open_invoice(client)
        given = {"payment_method": CHALLENGED, "off_session": True}
        assert refused(client.v1.invoices.pay, invoice.id, given).code == "authentication_required"
        assert events_of(client, "invoice.payment_action_required") == []
        assert [shown["id"] for shown in events_of(client, "invoice.payment_failed")] == [invoice.id]

    def test_charges_a_card_that_is_set_up_unless_the_customer_is_there(self, client, server):
        owner, card = factories.customer(client), "pm_card_authenticationRequiredOnSetup"
        setup = client.v1.setup_intents.create(
            {"customer": owner.id, "payment_method": card, "confirm": True}
        )
        server.answer_challenge(setup.id)
        known, there = {"payment_method": setup.payment_method}, {"off_session": False}
        invoice = factories.open_invoice(client, owner=owner)
        assert refused(client.v1.invoices.pay, invoice.id, known | there).code.endswith("requires_action")
        assert client.v1.invoices.pay(invoice.id, known).status == "paid"

    def test_counts_as_an_attempt_only_when_it_is_the_first(self, client):
        invoice = factories.open_invoice(client)
        for _ in range(2):
            refused(client.v1.invoices.pay, invoice.id, {"payment_method": "pm_card_chargeDeclined"})
        assert refetched(client, invoice).attempt_count == 1


class TestAutomaticCollection:
    def test_of_a_customer_without_a_method_is_attempted_and_fails(self, client):
        invoice = factories.open_invoice(client, auto_advance=True)
        assert (invoice.status, invoice.attempted, invoice.attempt_count) == ("open", True, 1)
        (shown,) = events_of(client, "invoice.payment_failed")
        assert shown["next_payment_attempt"] == invoice.next_payment_attempt
        assert invoice.next_payment_attempt - invoice.status_transitions.finalized_at == 3 * DAY
        assert client.v1.charges.list().data == []

    def test_of_a_customer_without_a_method_is_one_update(self, client):
        factories.open_invoice(client, auto_advance=True)
        events = client.v1.events.list({"type": "invoice.updated", "limit": 1}).data
        former = {"attempt_count": 0, "attempted": False, "next_payment_attempt": None}
        assert [event.data.previous_attributes.to_dict() for event in events] == [former]

    def test_fails_with_a_method_that_was_detached(self, client):
        owner = factories.customer_with_card(client)
        card = owner.invoice_settings.default_payment_method
        draft = factories.draft(client, 1000, owner=owner, default_payment_method=card)
        client.v1.payment_methods.detach(card)
        invoice = client.v1.invoices.finalize_invoice(draft.id, {"auto_advance": True})
        assert (invoice.status, invoice.attempt_count) == ("open", 1)

    def test_follows_the_schedule_until_the_last_attempt(self, client, server):
        invoice = factories.open_invoice(client, auto_advance=True)
        for days, count in ((3, 2), (5, 3), (7, 4)):
            server.advance_clock(days * DAY + 60)
            assert refetched(client, invoice).attempt_count == count
        assert refetched(client, invoice).next_payment_attempt is None
        server.advance_clock(30 * DAY)
        assert refetched(client, invoice).attempt_count == 4

    def test_succeeds_once_there_is_a_method(self, client, server):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, owner=owner, auto_advance=True)
        method = client.v1.payment_methods.attach("pm_card_visa", {"customer": owner.id})
        settings = {"invoice_settings": {"default_payment_method": method.id}}
        client.v1.customers.update(owner.id, settings)
        server.advance_clock(3 * DAY + 60)
        assert (refetched(client, invoice).status, refetched(client, invoice).attempt_count) == ("paid", 2)

    def test_begins_later_by_a_setting(self, client, server):
        server.settings(first_attempt_seconds=3600)
        invoice = factories.open_invoice(
            client, owner=factories.customer_with_card(client), auto_advance=True
        )
        assert (invoice.status, invoice.attempted) == ("open", False)
        assert invoice.next_payment_attempt - invoice.status_transitions.finalized_at == 3600
        server.advance_clock(3600 + 60)
        assert refetched(client, invoice).status == "paid"

    def test_by_hand_before_the_first_attempt_starts_the_schedule(self, client, server):
        server.settings(first_attempt_seconds=3600)
        invoice = factories.open_invoice(client, auto_advance=True)
        refused(client.v1.invoices.pay, invoice.id, {"payment_method": "pm_card_chargeDeclined"})
        shown = refetched(client, invoice)
        assert shown.attempt_count == 1
        assert shown.next_payment_attempt - invoice.status_transitions.finalized_at >= 3 * DAY
        server.advance_clock(2 * DAY)
        assert refetched(client, invoice).attempt_count == 1

    def test_with_a_challenged_card_asks_for_action(self, client):
        owner = factories.customer_with_card(client, CHALLENGED)
        invoice = factories.open_invoice(client, owner=owner, auto_advance=True)
        (shown,) = events_of(client, "invoice.payment_action_required")
        assert (shown["id"], shown["next_payment_attempt"]) == (invoice.id, invoice.next_payment_attempt)

    def test_starts_and_stops_with_auto_advance(self, client, server):
        invoice = factories.open_invoice(client, owner=factories.customer_with_card(client))
        assert invoice.next_payment_attempt is None
        begun = client.v1.invoices.update(invoice.id, {"auto_advance": True})
        assert begun.next_payment_attempt is not None
        assert client.v1.invoices.update(invoice.id, {"auto_advance": False}).next_payment_attempt is None
        server.advance_clock(DAY)
        assert refetched(client, invoice).status == "open"
        client.v1.invoices.update(invoice.id, {"auto_advance": True})
        server.advance_clock(DAY)
        assert refetched(client, invoice).status == "paid"

    def test_waits_while_a_debit_is_pending(self, client, server):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, owner=owner, auto_advance=True)
        server.advance_clock(2 * DAY)
        client.v1.invoices.pay(invoice.id, {"payment_method": "pm_usBankAccount_insufficientFunds"})
        server.advance_clock(3 * DAY)
        assert refetched(client, invoice).attempt_count == 1
        server.advance_clock(3 * DAY)
        assert (refetched(client, invoice).status, refetched(client, invoice).attempt_count) == ("open", 2)


class TestAPendingPayment:
    @pytest.fixture
    def invoice(self, client):
        invoice = factories.open_invoice(client)
        client.v1.invoices.pay(invoice.id, {"payment_method": "pm_usBankAccount_success"})
        return invoice

    @pytest.mark.parametrize("name", ["pay", "void_invoice", "mark_uncollectible"])
    def test_refuses_a_second_action(self, client, server, invoice, name):
        error = refused(getattr(client.v1.invoices, name), invoice.id)
        assert (error.type, error.code) == ("invalid_request_error", None)
        assert error.message.startswith(
            "This invoice can't be modified while a payment on it is still pending."
        )
        server.advance_clock(5 * DAY)
        assert refetched(client, invoice).status == "paid"

    def test_refuses_another_payment(self, client, invoice):
        intent = client.v1.payment_intents.create(
            {"amount": 1000, "currency": "usd", "customer": invoice.customer}
        )
        error = refused(client.v1.invoices.attach_payment, invoice.id, {"payment_intent": intent.id})
        assert "still pending" in error.message
        out_of_band = {"paid_out_of_band": True}
        assert "still pending" in refused(client.v1.invoices.pay, invoice.id, out_of_band).message

    def test_is_told_on_the_hosted_page(self, server, invoice):
        response = server.pay_invoice(invoice.id)
        assert (response.status_code, "still pending" in response.text) == (400, True)


class TestAnOpenPayment:
    @pytest.fixture
    def attached(self, client):
        invoice = factories.open_invoice(client)
        given = {"amount": 400, "currency": "usd", "customer": invoice.customer}
        intent = client.v1.payment_intents.create(given)
        client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent.id})
        return invoice, intent

    @pytest.mark.parametrize("name", ["void_invoice", "mark_uncollectible"])
    def test_keeps_its_invoice_until_it_is_canceled(self, client, attached, name):
        invoice, intent = attached
        end = getattr(client.v1.invoices, name)
        assert "`open` payments" in refused(end, invoice.id).message
        client.v1.payment_intents.cancel(intent.id)
        payments = client.v1.invoice_payments.list({"invoice": invoice.id, "status": "canceled"}).data
        assert [payment.payment.payment_intent for payment in payments] == [intent.id]
        assert end(invoice.id).status in ("void", "uncollectible")

    def test_keeps_its_invoice_from_being_revised(self, client, attached):
        invoice, intent = attached
        revision = {
            "customer": invoice.customer,
            "from_invoice": {"action": "revision", "invoice": invoice.id},
        }
        assert "`open` payments" in refused(client.v1.invoices.create, revision).message
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
        assert "`paid` payments" in refused(client.v1.invoices.create, revision).message

    def test_allows_a_part_to_be_given_up(self, client, attached):
        invoice, intent = attached
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
        assert client.v1.invoices.mark_uncollectible(invoice.id).status == "uncollectible"


class TestAPartPayment:
    def test_of_a_subscription_that_is_charged_is_refused(self, client):
        owner = factories.customer(client)
        made = subscribe(client, owner=owner, payment_behavior="default_incomplete")
        given = {"amount": 400, "currency": "usd", "customer": owner.id}
        intent = client.v1.payment_intents.create(given)
        attach = client.v1.invoices.attach_payment
        error = refused(attach, made.latest_invoice, {"payment_intent": intent.id})
        assert (error.param, error.type) == ("payment_intent", "invalid_request_error")
        whole = client.v1.payment_intents.create(given | {"amount": 1000})
        assert attach(made.latest_invoice, {"payment_intent": whole.id}).status == "open"

    def test_of_a_subscription_whose_invoices_are_sent_is_accepted(self, client):
        owner = factories.customer(client)
        made = subscribe(client, owner=owner, collection_method="send_invoice", days_until_due=7)
        invoice = client.v1.invoices.finalize_invoice(made.latest_invoice)
        given = {"amount": 400, "currency": "usd", "customer": owner.id}
        intent = client.v1.payment_intents.create(given | {"payment_method": "pm_card_visa", "confirm": True})
        assert client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent.id}).amount_paid == 400
