"""Subscriptions in the admin."""

from django.test import Client

from billing.models import Subscription
from billing.tests.admin.pages import page, press
from billing.tests.factories import SubscriptionFactory


class TestASubscription:
    def test_says_in_the_list_what_is_bought(self, operator: Client) -> None:
        subscription = SubscriptionFactory()
        html = operator.get(page(Subscription, "changelist")).content.decode()
        item = subscription.items.get()
        assert (
            f"{item.quantity.normalize():f}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{item.price.plan.name}"
            in html
        )

    def test_is_cancelled_now(self, operator: Client) -> None:
        subscription = SubscriptionFactory()
        press(operator, subscription, "cancel_now")
        assert Subscription.objects.get().status == "cancelled"

    def test_is_cancelled_at_the_end_of_its_period(self, operator: Client) -> None:
        press(operator, SubscriptionFactory(), "cancel_at_end")
        subscription = Subscription.objects.get()
        assert (subscription.status, subscription.cancel_at_period_end) == ("active", True)
