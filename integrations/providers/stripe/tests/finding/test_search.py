"""Every id of either side finds its row, after a story that has really been through both pipelines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Dispute, IdempotentRequest, Invoice, Payment, Refund, Subscription
from billing.tests.admin.conftest import operator
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundCall
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import body, charge, fresh, refund
from integrations.search.finding import search

__all__ = ["operator"]
pytestmark = pytest.mark.django_db(transaction=True)
KEY = {"Idempotency-Key": "shop-order-7"}


@pytest.fixture
def story(pipelines, connection, environment, customer, invoice, card, api):
    """A customer with a subscription, a refunded and a disputed payment, a credit note, an open checkout."""
    price = builders.price(environment, lookup_key="growth-monthly")
    items = [{"price_id": price.pk, "quantity": "2"}]
    wanted = {"customer_id": customer.pk, "currency": "USD", "items": items, "status": "active"}
    body(api.post("/subscriptions", json=wanted, headers=KEY), 201)
    card()
    paid = charge(connection, invoice)
    pipelines.settle()
    refund(fresh(paid), Decimal(14))
    note = {"invoice_id": invoice.pk, "amount": "4.00", "out_of_band": "4.00"}
    body(api.post("/credit_notes", json=note), 201)
    card("pm_card_createDispute")
    builders.invoice(customer)  # Stripe collects it with the card
    pipelines.settle()
    page = {"success_url": "https://shop.example/ok", "cancel_url": "https://shop.example/no"}
    due = timezone.now() + timedelta(days=30)
    open_invoice = builders.invoice(customer, collection_method="send_invoice", due_date=due)
    body(api.post("/payments/stripe/checkout", json={"invoice_id": open_invoice.pk, **page}), 201)
    pipelines.settle()
    return customer


def names(customer):
    """What is searched for, and the kind and id of what it has to find."""
    mappings = EntityMapping.objects.exclude(entity_id="")
    yield from ((one.provider_entity_id, one.entity_type, one.entity_id) for one in mappings)
    yield from ((one.number, one.entity_type, one.entity_id) for one in mappings.filter(number__isnull=False))
    for payment in Payment.objects.all():
        ids = (payment.gateway_payment_id, payment.gateway_charge_id, payment.gateway_session_id)
        yield from ((one, "payment", payment.pk) for one in ids if one)
    yield from ((one.gateway_refund_id, "refund", one.pk) for one in Refund.objects.all())
    yield from ((one.gateway_dispute_id, "dispute", one.pk) for one in Dispute.objects.all())
    yield from ((one.provider_event_id, "event", one.pk) for one in InboundEvent.objects.all()[:5])
    for call in OutboundCall.objects.exclude(request_id="")[:5]:
        yield call.request_id, "sync", call.sync_id
        yield call.idempotency_key, "sync", call.sync_id
    yield from ((one.number, "invoice", one.pk) for one in Invoice.objects.exclude(number=""))
    yield KEY["Idempotency-Key"], "subscription", Subscription.objects.get().pk
    yield "growth-monthly", "price", Subscription.objects.get().items.get().price_id
    for text in (customer.pk, "ada@example.com", "ADA@Exam", "lovelace", "Ada Lov", "crm-1"):
        yield text, "customer", customer.pk
    yield f"https://dashboard.stripe.com/test/customers/{_cus()}?x=1", "customer", customer.pk


def _cus():
    return EntityMapping.objects.get(entity_type="customer").provider_entity_id


def _found(term, environment, **options):
    results = search(term, environments=[environment.pk], limit=50, **options)
    return {(one.kind, one.id) for one in results.found}


def test_each_id_and_its_beginning_find_the_row(story, environment, operator):
    searched = list(names(story))
    beginnings = {text.split("_")[0] for text, _, _ in searched if "_" in text}
    assert beginnings >= {
        "cus",
        "in",
        "pi",
        "ch",
        "re",
        "du",
        "sub",
        "prod",
        "price",
        "evt",
        "req",
        "cs",
        "cn",
        "cust",
    }
    missed = [one for one in searched if one[1:] not in _found(one[0], environment)]
    assert missed == []
    # All that one of a kind is called begins alike, so that as many are read as there are.
    shorter = [
        (text[:-2], kind, id) for text, kind, id in searched if len(text) > 12 and "dashboard" not in text
    ]
    assert [one for one in shorter if one[1:] not in _found(one[0], environment)] == []


def test_an_id_of_the_other_side_works_on_every_list(story, environment, operator):
    for path, text in {
        "billing/customer": _cus(),
        "billing/payment": Payment.objects.exclude(gateway_charge_id="").first().gateway_charge_id,
        "billing/invoice": _cus(),
        "billing/subscription": EntityMapping.objects.get(entity_type="subscription").provider_entity_id,
        "integrations/outboundsync": _cus(),
        "integrations/inboundevent": story.pk,
        "integrations/entitymapping": story.pk,
    }.items():
        page = operator.get(f"/admin/{path}/", {"q": text})
        assert page.context["cl"].result_list, (path, text)
        assert not operator.get(f"/admin/{path}/", {"q": f"{text}x"}).context["cl"].result_list, path


def test_secrets_are_not_searched(environment, connection):
    connection.seal({"secret_key": "sk_test_very_secret"})
    connection.save()
    IdempotentRequest.objects.all().delete()
    for text in ("sk_test_very_secret", connection.sealed_credentials[:20], "cret", "whsec_"):
        assert _found(text, environment) == set(), text
    assert Connection.objects.count() == 1
