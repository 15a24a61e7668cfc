"""Links by hand never have the same money asked for twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models import Invoice, Payment
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_round_trips import open_checkout
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


def mapping(row):
    return EntityMapping.objects.get(entity_id=row.pk)


def refused(response, code, text):
    body = response.json()
    assert (response.status_code, body["code"]) == (409, code), body
    assert text in body["message"], body["message"]


@pytest.fixture
def invoice(connection, customer, stripe_api, pipelines):
    """An open invoice at Stripe."""
    made = builders.invoice(customer)
    pipelines.settle()
    return made


class TestAnUnlinkOfAnInvoice:
    def test_is_refused_while_it_is_open(self, api, invoice):
        refused(api.delete(f"/v1/mappings/{mapping(invoice).pk}?reason=Wrong"), "mapping_in_use", "is open")
        refused(api.delete(f"/v1/mappings/{mapping(invoice).pk}?dry_run=true"), "mapping_in_use", "is open")
        assert mapping(invoice)

    def test_is_refused_once_it_is_paid(self, api, invoice, simulator, pipelines):
        simulator.pay_invoice(mapping(invoice).provider_entity_id)
        pipelines.settle()
        refused(api.delete(f"/v1/mappings/{mapping(invoice).pk}?reason=Wrong"), "mapping_in_use", "is paid")

    def test_is_refused_of_a_draft(self, api, connection, customer, stripe_api, simulator):
        made = builders.invoice(customer)
        simulator.faults.add("invoices.finalize_invoice", "reset_before", times=-1)
        push(connection, Kind.INVOICE, made.pk)
        OutboundSync.objects.update(state="cancelled", settled_at=timezone.now(), next_attempt_at=None)
        refused(
            api.delete(f"/v1/mappings/{mapping(made).pk}?reason=Wrong"),
            "mapping_in_use",
            "delete it at Stripe",
        )

    def test_is_refused_while_a_push_has_begun(self, api, invoice, stripe_api):
        stripe_api.v1.invoices.void_invoice(mapping(invoice).provider_entity_id)
        soon = timezone.now() + timedelta(minutes=1)
        OutboundSync.objects.filter(entity_id=invoice.pk).update(
            state="sending", settled_at=None, leased_until=soon
        )
        refused(
            api.delete(f"/v1/mappings/{mapping(invoice).pk}?reason=Wrong"), "sync_in_progress", "right now"
        )

    def test_is_done_once_it_is_void(self, api, invoice, stripe_api):
        stripe_api.v1.invoices.void_invoice(mapping(invoice).provider_entity_id)
        assert api.delete(f"/v1/mappings/{mapping(invoice).pk}?reason=Wrong").status_code == 204

    def test_is_refused_while_nobody_can_look(self, api, invoice, connection):
        connection.status = "paused"
        connection.save()
        refused(
            api.delete(f"/v1/mappings/{mapping(invoice).pk}?reason=Wrong"), "connection_stopped", "paused"
        )


class TestALinkOfAnInvoice:
    @pytest.fixture
    def lost(self, invoice):
        """Its mapping is gone, as after a restored backup."""
        stripe_id = mapping(invoice).provider_entity_id
        EntityMapping.objects.filter(entity_id=invoice.pk).delete()
        Invoice.objects.update(connection_id="")
        return stripe_id

    def test_takes_over_what_it_is_there(
        self, link, lost, invoice, simulator, pipelines, stripe_api, connection
    ):
        simulator.pay_invoice(lost)
        assert link("invoice", invoice.pk, lost).status_code == 201
        invoice.refresh_from_db()
        assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)
        pipelines.settle()
        assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
        assert len(stripe_api.v1.invoices.list().data) == 1
        assert Payment.objects.filter(invoice=invoice, status="succeeded").count() == 1

    def test_is_collected_through_it_from_then_on(self, link, lost, invoice, connection, stripe_api):
        assert link("invoice", invoice.pk, lost).status_code == 201
        invoice.refresh_from_db()
        assert invoice.connection_id == connection.pk
        assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
        assert len(stripe_api.v1.invoices.list().data) == 1

    def test_tells_stripe_of_money_that_came_meanwhile(self, api, link, lost, invoice, pipelines, stripe_api):
        paid = {"customer_id": invoice.customer_id, "invoice_id": invoice.pk, "amount": "14.00"}
        paid |= {"currency": "USD", "status": "succeeded", "method": "cash"}
        assert api.post("/v1/payments", paid, format="json").status_code == 201
        OutboundSync.objects.filter(state="pending").delete()
        assert link("invoice", invoice.pk, lost).status_code == 201
        pipelines.settle()
        assert stripe_api.v1.invoices.retrieve(lost).amount_remaining == 4000

    def test_is_refused_over_another_amount(self, link, customer, lost, invoice):
        other = builders.invoice(customer, lines=builders.LINES[:1])
        response = link("invoice", other.pk, lost)
        refused(response, "mapping_refused", "not the same debt")
        assert set(response.json()["details"]) == {"total"}

    def test_is_refused_of_another_customer(self, link, environment, lost, invoice):
        other = builders.invoice(builders.customer(environment, name="Bob"))
        response = link("invoice", other.pk, lost)
        refused(response, "mapping_refused", "has no counterpart at Stripe")
        assert "customer" in response.json()["details"]

    def test_is_refused_while_a_page_of_it_is_open(self, link, lost, invoice, connection):
        EntityMapping.objects.filter(entity_type="invoice").delete()
        connection.invoice_outbound_enabled = False
        connection.save()
        payment = open_checkout(connection, invoice)
        refused(link("invoice", invoice.pk, lost), "payment_in_progress", payment.pk)

    def test_is_refused_where_another_connection_collects_it(self, link, lost, invoice):
        Invoice.objects.update(connection_id="conn_other")
        refused(link("invoice", invoice.pk, lost), "collected_elsewhere", "conn_other")


class TestASubscription:
    @pytest.fixture
    def subscription(self, environment, customer, pipelines):
        item = SubscriptionItemFacts(price_id=builders.price(environment).pk)
        facts = SubscriptionFacts(
            customer_id=customer.pk,
            currency="USD",
            items=(item,),
            collection_method="send_invoice",
            days_until_due=30,
        )
        made = subscriptions.create(environment_id=environment.pk, facts=facts)
        pipelines.settle()
        return made

    def test_that_stripe_bills_is_not_unlinked(self, api, subscription, stripe_api):
        linked = mapping(subscription)
        refused(
            api.delete(f"/v1/mappings/{linked.pk}?reason=Wrong"),
            "mapping_in_use",
            "Cancel it at Stripe first",
        )
        stripe_api.v1.subscriptions.cancel(linked.provider_entity_id)
        assert api.delete(f"/v1/mappings/{linked.pk}?reason=Wrong").status_code == 204

    def test_does_not_lose_what_stripe_bills_to_another_row(self, api, subscription, customer, environment):
        linked = mapping(subscription)
        facts = subscriptions.facts(subscription)
        twin = subscriptions.create(environment_id=environment.pk, facts=facts)
        response = api.post(
            f"/v1/mappings/{linked.pk}/relink", {"entity_id": twin.pk, "reason": "A twin."}, format="json"
        )
        refused(response, "mapping_in_use", "would make another subscription")

    def test_is_linked_to_what_stripe_bills(self, link, subscription, stripe_api, connection):
        stripe_id = mapping(subscription).provider_entity_id
        EntityMapping.objects.filter(entity_id=subscription.pk).delete()
        shown = link("subscription", subscription.pk, stripe_id, "?dry_run=true").json()
        assert [one["field"] for one in shown["comparison"] if one["differs"]] == []
        assert link("subscription", subscription.pk, stripe_id).status_code == 201
        assert push(connection, Kind.SUBSCRIPTION, subscription.pk).state == "done"
        assert len(stripe_api.v1.subscriptions.list().data) == 1


class TestAPayment:
    def test_whose_money_may_still_come_is_not_unlinked(
        self, api, connection, customer, simulator, pipelines
    ):
        invoice = builders.invoice(customer)
        payment = open_checkout(connection, invoice)
        simulator.pay_checkout_session(payment.gateway_session_id)
        pipelines.settle()
        refused(
            api.delete(f"/v1/mappings/{mapping(payment).pk}?reason=Wrong"),
            "mapping_in_use",
            "count a second time",
        )


class TestAPrice:
    def test_is_linked_where_it_asks_for_the_same(self, api, link, environment, stripe_api, connection):
        price = builders.price(environment)
        product = stripe_api.v1.products.create({"name": "Growth"})
        params = {"product": product.id, "currency": "usd", "recurring": {"interval": "month"}}
        same = stripe_api.v1.prices.create(params | {"unit_amount": 1000})
        other = stripe_api.v1.prices.create(params | {"unit_amount": 1200})
        assert link("price", price.pk, same.id).json()["details"].keys() == {"product"}
        assert link("plan", price.plan_id, product.id).status_code == 201
        # Stripe has no such price: that says nothing of the product.
        assert link("price", price.pk, product.id).status_code == 400
        assert EntityMapping.objects.get(entity_type="plan").gone_at is None
        assert link("price", price.pk, other.id).json()["details"].keys() == {"unit_amount"}
        assert link("price", price.pk, same.id).status_code == 201
        shown = api.delete(
            f"/v1/mappings/{EntityMapping.objects.get(entity_type='plan').pk}?dry_run=true"
        ).json()
        assert shown["warnings"] == [f"What belongs to {product.id} there stays with it: {same.id}."]


def test_an_object_that_is_asked_for_money_is_not_given_to_another_row(api, customer, invoice):
    twin = builders.invoice(customer)
    response = api.post(
        f"/v1/mappings/{mapping(invoice).pk}/relink",
        {"entity_id": twin.pk, "reason": "A twin."},
        format="json",
    )
    refused(response, "mapping_in_use", "is open")


def test_a_customer_who_moves_leaves_open_invoices_behind(api, invoice, customer, stripe_api):
    other = stripe_api.v1.customers.create({"name": "Twin"})
    address = f"/v1/mappings/{mapping(customer).pk}/relink?dry_run=true"
    shown = api.post(address, {"provider_entity_id": other.id, "reason": "Wrong."}, format="json").json()
    assert any(mapping(invoice).provider_entity_id in warning for warning in shown["warnings"])
