"""What an operator does with payments in the admin; pressing a button twice does it once."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Payment, Refund
from billing.services.customers import default_methods
from billing.services.payments import refunds
from billing.tests.admin.pages import messages_of, page
from billing.tests.factories import CustomerFactory
from integrations.models import EntityMapping
from integrations.providers.stripe.tests.paying.steps import charge, fresh

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(db):
    """A client with all permissions."""
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


def address_of(name, *ids):
    return reverse(f"admin:integrations_outboundsync_{name}", args=ids)


def key_of(response):
    return re.search(r'name="key" value="([^"]+)"', response.content.decode()).group(1)


def test_a_payment_is_refunded_with_amount_and_reason(operator, pipelines, connection, invoice, card):
    card()
    payment = charge(connection, invoice)
    assert (
        address_of("refund", payment.pk) in operator.get(page(Payment, "change", payment.pk)).content.decode()
    )
    form = operator.get(address_of("refund", payment.pk))
    assert "at most 54.00" in form.content.decode()
    form_data = {"amount": "14.00", "reason": "duplicate", "note": "Sent twice", "key": key_of(form)}
    asked = operator.post(address_of("refund", payment.pk), form_data).content.decode()
    assert "54.00 USD &rarr; <strong" in asked and "40.00 USD</strong>" in asked and "refunds.create" in asked
    assert "Refund 14.00 USD now" in asked and "Refunded already: nothing" in asked
    assert not Refund.objects.exists()
    form_data["confirmed"] = "yes"
    for _ in range(2):
        response = operator.post(address_of("refund", payment.pk), form_data)
    assert "Refunded 14.00 USD." in messages_of(response)
    refund = Refund.objects.get()
    assert (refund.reason, refund.note, refund.started_by) == ("duplicate", "Sent twice", "ada")
    assert fresh(payment).amount_refunded == 14
    assert "Sent twice" in operator.get(page(Payment, "change", payment.pk)).content.decode()
    again = operator.get(address_of("refund", payment.pk)).content.decode()
    assert "Refunded already: 14.00 USD" in again and "Left to refund: 40.00 USD" in again


def test_a_refund_shows_when_the_money_went_back(operator, pipelines, connection, invoice, card):
    card()
    payment = charge(connection, invoice)
    refunds.create(
        environment_id=payment.environment_id, payment_id=payment.pk, amount=Decimal(14), now=timezone.now()
    )
    pipelines.settle()
    then = datetime(2022, 7, 28, 4, 26, 40, tzinfo=UTC)
    Refund.objects.update(settled_at=then)
    shown = operator.get(page(Payment, "change", payment.pk)).content.decode()
    line = re.search(r"Refund of.*?</p>", shown, re.DOTALL).group()
    assert "28\xa0Jul\xa02022" in line


def test_a_disputed_payment_is_refunded_only_after_a_warning(operator, pipelines, connection, invoice, card):
    card("pm_card_createDispute")
    payment = charge(connection, invoice)
    pipelines.settle()
    assert fresh(payment).amount_disputed == payment.amount
    address, form_data = address_of("refund", payment.pk), {"amount": "", "key": "one"}
    assert "Taken by disputes: 54.00 USD" in operator.get(address).content.decode()
    asked = operator.post(address, form_data).content.decode()
    assert "that money would be lost twice" in asked and "even_if_disputed" in asked
    refused = operator.post(address, {**form_data, "confirmed": "yes"}).content.decode()
    assert "would be lost twice" in refused and not Refund.objects.exists()
    operator.post(address, {**form_data, "confirmed": "yes", "even_if_disputed": "on"})
    assert Refund.objects.count() == 1


def test_a_refund_of_too_much_shows_why_it_is_refused(operator, pipelines, connection, invoice, card):
    card()
    payment = charge(connection, invoice)
    response = operator.post(address_of("refund", payment.pk), {"amount": "99", "key": "one"})
    assert "at most 54.00 USD can be refunded" in response.content.decode() and not Refund.objects.exists()


def test_an_invoice_is_charged_after_its_dry_run_was_shown(operator, pipelines, connection, invoice, card):
    card()
    shown = operator.get(page(type(invoice), "change", invoice.pk)).content.decode()
    assert address_of("charge", connection.pk, invoice.pk) in shown
    plan = operator.get(address_of("charge", connection.pk, invoice.pk))
    assert "54.00 USD" in plan.content.decode()
    assert "invoices.pay" in plan.content.decode() and not Payment.objects.exists()
    for _ in range(2):
        response = operator.post(address_of("charge", connection.pk, invoice.pk), {"key": key_of(plan)})
    assert "Charged 54.00 USD." in messages_of(response)
    assert Payment.objects.get().status == "succeeded"
    assert len(pipelines.simulator.requests("invoices.pay")) == 1


def test_no_charge_is_offered_for_a_customer_without_a_counterpart(operator, pipelines, connection, invoice):
    address = address_of("charge", connection.pk, invoice.pk)
    assert "Charge 54.00 USD now" in operator.get(address).content.decode()
    EntityMapping.objects.filter(entity_id=invoice.customer_id).delete()
    shown = operator.get(address).content.decode()
    assert "no default payment method" in shown and "Charge 54.00 USD now" not in shown


def test_a_customer_who_is_not_at_stripe_shows_no_list_of_methods(operator, pipelines, connection):
    stranger = CustomerFactory(environment=connection.environment)
    shown = operator.get(address_of("methods", connection.pk, stranger.pk)).content.decode()
    assert "Sync it first" in shown
    assert "No payment method" not in shown and "read just now" not in shown


def test_saved_methods_are_fetched_only_on_their_page(operator, pipelines, connection, invoice, card):
    card()
    before = len(pipelines.simulator.requests())
    shown = operator.get(page(type(invoice.customer), "change", invoice.customer_id)).content.decode()
    address = address_of("methods", connection.pk, invoice.customer_id)
    assert address in shown and len(pipelines.simulator.requests()) == before
    assert "•••• 4242" in operator.get(address).content.decode()


def test_a_saved_method_is_made_default_and_removed(operator, pipelines, connection, invoice, card):
    card()
    other = card("pm_card_mastercard", default=False)
    address = address_of("methods", connection.pk, invoice.customer_id)
    assert "•••• 4444" in operator.get(address).content.decode()
    operator.post(address, {"change": "default", "method": other})
    assert list(default_methods.known(fresh(invoice.customer)).values()) == [other]
    operator.post(address, {"change": "remove", "method": other})
    assert "•••• 4444" not in operator.get(address).content.decode()


def test_the_portal_is_one_button_away(operator, connection, invoice):
    response = operator.post(address_of("methods", connection.pk, invoice.customer_id), {"change": "portal"})
    assert response.status_code == 302 and "/portal/" in response["Location"]


def test_a_user_without_permission_may_not_charge(pipelines, connection, invoice, card):
    viewer = Client()
    viewer.force_login(User.objects.create_user("grace", is_staff=True))
    assert viewer.post(address_of("charge", connection.pk, invoice.pk), {"key": "one"}).status_code == 403
    assert not Payment.objects.exists()
