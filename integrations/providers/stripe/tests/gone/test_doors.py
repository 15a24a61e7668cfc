"""Whatever is asked for a customer who is gone at Stripe: the same refusal, which says what may be chosen."""

import pytest

from billing.events import Kind
from billing.models import Payment
from integrations.models import EntityMapping
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gone.acts import mapping_of, rename, stripe_id_of
from integrations.testing import push
from integrations.tests.conftest import client

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://example.com/", "cancel_url": "https://example.com/"}


@pytest.fixture
def api(environment):
    return client(environment)


@pytest.fixture
def invoice(simulator, connection, stripe_api, customer):
    """An invoice that is not at Stripe yet, of a customer who was deleted there."""
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    made = builders.invoice(customer)
    stripe_api.v1.customers.delete(stripe_id_of(customer))
    return made


DOORS = {
    "methods": ("get", "/v1/customers/{customer}/payment_methods/stripe", None),
    "default": ("post", "/v1/customers/{customer}/payment_methods/stripe/pm_1/default", {}),
    "setup": ("post", "/v1/customers/{customer}/payment_methods/stripe/setup", PAGES | {"currency": "USD"}),
    "portal": ("post", "/v1/customers/{customer}/portal/stripe", {"return_url": "https://example.com/"}),
    "checkout": ("post", "/v1/payments/stripe/checkout", PAGES | {"invoice_id": "{invoice}"}),
    "charge": ("post", "/v1/payments/stripe/charge", {"invoice_id": "{invoice}"}),
    "preview": ("post", "/v1/customers/{customer}/sync/stripe?dry_run=true", {}),
    "invoice": ("post", "/v1/invoices/{invoice}/sync/stripe?dry_run=true", {}),
}
# A dry run makes no call that could find it out.
FIND_OUT = [door for door in DOORS if door not in ("preview", "invoice")]


def ask(api, door, customer, invoice):
    method, address, body = DOORS[door]
    ids = {"customer": customer.pk, "invoice": invoice.pk}
    body = {name: value.format(**ids) for name, value in body.items()} if body is not None else None
    return getattr(api, method)(address.format(**ids), body, format="json")


def refused(response, customer):
    body = response.json()
    assert (response.status_code, body.get("code")) == (409, "gone_at_provider"), body
    assert f"The customer {customer.pk} is gone at Stripe" in body["message"]
    assert f"POST /v1/mappings/{mapping_of(customer).pk}/resolve" in body["message"]


@pytest.mark.parametrize("door", DOORS)
def test_once_that_is_known(api, connection, customer, invoice, door):
    rename(customer)
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "blocked"
    refused(ask(api, door, customer, invoice), customer)
    assert not Payment.objects.exclude(status="cancelled").exists()


@pytest.mark.parametrize("door", FIND_OUT)
def test_when_the_request_finds_it_out(api, connection, customer, invoice, door):
    refused(ask(api, door, customer, invoice), customer)
    assert not Payment.objects.exclude(status="cancelled").exists()
    assert EntityMapping.objects.get(entity_id=customer.pk).gone_at is not None
