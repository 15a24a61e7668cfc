"""A subscription is cancelled here while a person edits it at Stripe: both sides end with what Stripe has."""

import pytest
from django.utils import timezone

from billing.services.subscriptions import subscriptions
from integrations.providers.stripe.tests.two_writers.orders import Writers

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = (
    "its event comes before the push",
    "its event comes after the push",
    "the edit here is first, its event before the push",
    "the edit here is first, its event after the push",
    "the event comes during the push",
    "the answer of the push after it is lost",
)


def cancelled(deal):
    """Cancels it here."""
    known = {"environment_id": deal.row.environment_id, "subscription_id": deal.row.pk}
    return lambda: subscriptions.cancel(**known, at_period_end=False, now=timezone.now())


def run(deal, order, there, here):
    Writers(deal.pipelines, there, here, operation="subscriptions.cancel").run(order)


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_changed_there_before_comes_here(deal, order):
    def there():
        deal.update(items=[{"id": deal.item, "quantity": 5}], metadata={"theirs": "1"})

    run(deal, order, there, cancelled(deal))
    assert deal.quantities() == {"seat": 5}
    assert deal.both()["metadata"] == {"contract": "7", "theirs": "1"}
    assert deal.both()["status"] == "cancelled"
    assert deal.differences() == [] and deal.conflicts() == []


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_changed_here_before_and_is_not_sent_any_more_is_taken_back(deal, order):
    def here():
        deal.have(4)
        cancelled(deal)()

    run(deal, order, lambda: deal.update(metadata={"theirs": "1"}), here)
    assert deal.quantities() == {"seat": 3}
    assert deal.both()["metadata"] == {"contract": "7", "theirs": "1"}
    assert deal.conflicts() == [("items.*.quantity", 4, 3, "provider")]
