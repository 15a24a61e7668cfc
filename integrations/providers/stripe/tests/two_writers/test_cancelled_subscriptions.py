"""A subscription is cancelled here while a person edits it at Stripe: both sides end with what Stripe has."""

import pytest
from django.utils import timezone

from billing.models import Subscription
from billing.services.subscriptions import subscriptions
from integrations.models import Conflict
from integrations.providers.stripe.tests.two_writers.orders import Writers
from integrations.providers.stripe.tests.two_writers.test_subscription_conflicts import seats
from integrations.tests.conftest import client

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


@pytest.fixture
def ended(deal):
    """Cancelled there; what was changed here just before is a conflict that Stripe has won."""
    run(deal, ORDERS[1], lambda: deal.stripe.subscriptions.cancel(deal.id), lambda: deal.have(4))
    assert deal.conflicts() == [("items.*.quantity", 4, 3, "provider")]
    return deal


@pytest.mark.parametrize(("choice", "status"), [("keep", 409), ("take", 200)])
def test_nobody_decides_of_it_what_cannot_be_any_more(ended, environment, choice, status):
    address = f"/v1/conflicts/{Conflict.objects.get().pk}"
    before = client(environment).get(address).json()
    answer = client(environment).post(f"{address}/{choice}")
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "value_fixed"
        assert "Nothing was changed." in answer.json()["message"]
        assert client(environment).get(address).json() == before
    ended.pipelines.settle()
    assert ended.quantities() == {"seat": 3}


def test_it_is_refused_also_before_stripe_has_heard_of_the_end(deal, environment):
    deal.owned_by("provider")
    Writers(deal.pipelines, seats(deal, 5), lambda: deal.have(4), operation="").run(ORDERS[0])
    cancelled(deal)()
    address = f"/v1/conflicts/{Conflict.objects.get().pk}/keep"
    assert client(environment).post(address).json()["code"] == "value_fixed"


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_conflict_that_is_open_when_it_ends_is_settled_for_stripe(deal, side):
    deal.owned_by("newest")

    def here():
        deal.have(4)
        Subscription.objects.update(changed_at={})

    Writers(deal.pipelines, seats(deal, 5), here, operation="").run(ORDERS[0])
    assert deal.conflicts() == [("items.*.quantity", 4, 5, "")]
    (cancelled(deal) if side == "here" else lambda: deal.stripe.subscriptions.cancel(deal.id))()
    deal.pipelines.settle()
    assert deal.conflicts() == [("items.*.quantity", 4, 5, "provider")]
    assert deal.quantities() == {"seat": 5} and deal.differences() == []
