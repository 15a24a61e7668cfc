"""What an operator sees and does about money that came twice, or came outside any gateway."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Invoice, Payment, Refund
from billing.tests.admin.pages import messages_of, page, press
from integrations.models import EntityMapping
from integrations.providers.stripe.tests.excess.steps import excess_of, refunded
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_invoice
from integrations.providers.stripe.tests.paying.test_admin import address_of, key_of
from integrations.triage import needs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(db):
    """A client with all permissions."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


def shown(operator, address):
    return operator.get(address).content.decode()


def test_the_overview_names_what_came_too_much(operator, paid_twice):
    overview = shown(operator, reverse("admin:index"))
    assert "Invoices paid too much" in overview
    assert f"Invoice {paid_twice.number}" in overview and "54.00 USD" in overview


def test_the_duplicate_is_refunded_by_one_button(operator, pipelines, stripe_api, paid_twice):
    address = address_of("refund_duplicate", paid_twice.pk)
    of_invoice = shown(operator, page(Invoice, "change", paid_twice.pk))
    assert address in of_invoice and of_invoice.count("54.00 USD is in excess") == 1
    assert of_invoice.index("54.00 USD was paid in excess") < of_invoice.index("Balance applied")
    asked = operator.get(address)
    assert "Refund the duplicate now" in asked.content.decode()
    for _ in range(2):
        response = operator.post(address, {"key": key_of(asked)})
        assert "Refunded 54.00 USD." in messages_of(response)
    assert Refund.objects.get().started_by == "ada"
    assert refunded(stripe_api) == [5400] and excess_of(paid_twice) is None
    assert address not in shown(operator, page(Invoice, "change", paid_twice.pk))
    assert "There is nothing to refund" in shown(operator, address)


def test_a_payment_is_recorded_with_its_method_and_time(operator, pipelines, stripe_api, invoice):
    address = address_of("record_payment", invoice.pk)
    assert address in shown(operator, page(Invoice, "change", invoice.pk))
    form, came = operator.get(address), timezone.localtime() - timedelta(days=2)
    data = {"amount": "20.00", "method": "cash", "received_at": f"{came:%Y-%m-%dT%H:%M}", "key": key_of(form)}
    shown_first = operator.post(address, data).content.decode()
    assert "Record 20.00 USD" in shown_first and "54.00 USD &rarr;" in shown_first
    assert "At Stripe" in shown_first and not Payment.objects.exists()
    for _ in range(2):
        response = operator.post(address, {**data, "record": ""})
        assert "The payment of 20.00 USD is recorded." in messages_of(response)
    payment = Payment.objects.get()
    assert (payment.amount, payment.method) == (20, "cash")
    assert payment.succeeded_at == came.replace(second=0, microsecond=0)
    pipelines.settle()
    assert stripe_invoice(stripe_api, invoice).amount_remaining == 3400


def test_the_providers_numbers_stand_beside_ours_on_demand(operator, pipelines, stripe_api, invoice):
    mapping = EntityMapping.objects.get(entity_id=invoice.pk)
    address = reverse("admin:integrations_entitymapping_look", args=[mapping.pk])
    assert address in shown(operator, page(Invoice, "change", invoice.pk))
    assert "Both sides agree" in shown(operator, address)
    Invoice.objects.filter(pk=invoice.pk).update(credited=4, amount_due=50, amount_remaining=50)
    apart = shown(operator, address)
    assert "Both sides agree" not in apart and "Amount due differs" in apart
    assert "50.00 USD" in apart and "54.00 USD" in apart and "Total differs" not in apart
    assert needs.of([invoice.pk], timezone.now()) == {}
    mapping.delete()
    assert needs.of([invoice.pk], timezone.now()) == {invoice.pk: ["only_here"]}


def test_a_payment_of_tomorrow_is_refused(operator, invoice):
    tomorrow = timezone.localtime() + timedelta(days=1)
    data = {"amount": "20.00", "method": "cash", "received_at": f"{tomorrow:%Y-%m-%dT%H:%M}", "key": "one"}
    response = operator.post(address_of("record_payment", invoice.pk), data)
    assert "in the future" in response.content.decode() and not Payment.objects.exists()


def test_an_invoice_is_given_up(operator, pipelines, stripe_api, invoice):
    press(operator, invoice, "mark_uncollectible")
    pipelines.settle()
    assert fresh(invoice).status == "uncollectible"
    assert stripe_invoice(stripe_api, invoice).status == "uncollectible"
