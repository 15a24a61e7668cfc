"""Two environments connected to one account: what one of them has there is none of the other's business."""

from contextlib import suppress

import pytest

from billing.models import Customer, Environment, Invoice, Payment
from integrations.models import InboundEvent
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.conftest import invoice
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_invoice
from integrations.testing import make_connection

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["invoice"]


@pytest.fixture
def other(pipelines, live_server):
    """The connection of the other environment, to the same account and with every switch on."""
    environment = Environment.objects.create(name="Staging")
    made = make_connection(environment.id, "stripe", credentials={"secret_key": builders.SECRET_KEY})
    pipelines.register(made, live_server.url)
    return made


def test_what_one_of_them_makes_and_is_paid_is_ignored_by_the_other(pipelines, stripe_api, other, invoice):
    there = stripe_invoice(stripe_api, invoice)
    stripe_api.v1.credit_notes.create({"invoice": there.id, "amount": 400})
    pipelines.simulator.pay_invoice(there.id, "4000000000000259")
    # The events of an invoice that is not here wait for it, some in vain.
    with suppress(AssertionError):
        pipelines.settle()
    pipelines.settle()
    heard = InboundEvent.objects.filter(connection=other)
    assert heard.count() > 5 and set(heard.values_list("state", flat=True)) == {"ignored"}
    for model in (Customer, Invoice, Payment):
        assert not model.objects.filter(environment=other.environment).exists()
    assert fresh(invoice).amount_paid == 50 and pipelines.unsettled() == []
