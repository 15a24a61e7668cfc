"""What ended at Stripe as it ended here is done, not blocked, also where nobody told FlexSync of it."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.invoices import endings, invoices
from billing.services.subscriptions import subscriptions
from integrations.mappings.gone import undecided
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gone.acts import deliver, stripe_id_of
from integrations.providers.stripe.tests.gone.test_other_kinds import paying, price, subscribe
from integrations.testing import push

__all__ = ["paying", "price"]
pytestmark = pytest.mark.django_db


def end_customer(row):
    customers.archive(environment_id=row.environment_id, customer_id=row.pk)


def end_plan(row):
    plans.archive(environment_id=row.environment_id, plan_id=row.pk)


def end_price(row):
    plans.archive_price(environment_id=row.environment_id, price_id=row.pk)


def end_subscription(row):
    place = {"environment_id": row.environment_id, "subscription_id": row.pk}
    subscriptions.cancel(**place, at_period_end=False, now=timezone.now())


def void(row):
    endings.void(environment_id=row.environment_id, invoice_id=row.pk, now=timezone.now())


def write_off(row):
    # Without the look that a caller has first: nobody has seen yet what became of it there.
    invoices.mark_uncollectible(environment_id=row.environment_id, invoice_id=row.pk, now=timezone.now())


@pytest.fixture
def pushed(request, connection, environment):
    """Makes a row of a kind, and brings it to Stripe; nothing is paid of an invoice."""

    def make(kind):
        if kind == Kind.INVOICE:
            row = builders.invoice(builders.customer(environment, name="Bob"))
        elif kind == Kind.SUBSCRIPTION:
            row = subscribe(request.getfixturevalue("paying"), request.getfixturevalue("price"))
        elif kind == Kind.CUSTOMER:
            row = request.getfixturevalue("customer")
        else:
            price = request.getfixturevalue("price")
            row = price if kind == Kind.PRICE else price.plan
        assert push(connection, kind, row.pk).state == "done"
        return row

    return make


@pytest.fixture
def there(simulator, stripe_api):
    """How a person ends each kind at Stripe."""
    v1 = stripe_api.v1
    return {
        "customer deleted": v1.customers.delete,
        "plan inactive": lambda id: v1.products.update(id, {"active": False}),
        "price inactive": lambda id: v1.prices.update(id, {"active": False}),
        "subscription cancelled": v1.subscriptions.cancel,
        "invoice void": v1.invoices.void_invoice,
        "invoice uncollectible": v1.invoices.mark_uncollectible,
    }


ENDS = [
    ("customer deleted", end_customer),
    ("plan inactive", end_plan),
    ("price inactive", end_price),
    ("subscription cancelled", end_subscription),
    ("invoice void", void),
    ("invoice uncollectible", write_off),
    ("invoice void", write_off),
]
FORGOTTEN = [
    ("customer", end_customer),
    ("plan", end_plan),
    ("price", end_price),
    ("subscription", end_subscription),
    ("invoice", void),
    ("invoice", write_off),
]


@pytest.mark.parametrize(("ended", "end"), ENDS)
def test_it_is_done(pushed, there, ended, end):
    row = pushed(Kind(ended.partition(" ")[0]))
    there[ended](stripe_id_of(row))
    end(row)
    assert deliver()[row.pk] == "done"
    assert not undecided().exists()


@pytest.mark.parametrize(("kind", "end"), FORGOTTEN)
def test_what_vanished_there_and_ended_here_is_done(pushed, simulator, kind, end):
    row = pushed(Kind(kind))
    simulator.forget(stripe_id_of(row))
    end(row)
    assert deliver()[row.pk] == "done"
    assert not undecided().exists()
