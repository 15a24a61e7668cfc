"""Customers who vanish at Stripe with what belongs to them: all is repaired in one way."""

from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models import Customer, Invoice, Price, Subscription
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping, Finding
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gone.test_other_kinds import paying, price
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all, deliver_all
from integrations.reconcile.repairing import bulk

__all__ = ["paying", "price"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def family(paying, price):
    """A customer with an open invoice and a subscription, on both sides."""
    builders.invoice(paying)
    item = SubscriptionItemFacts(price.pk, Decimal(1))
    facts = SubscriptionFacts(paying.pk, "USD", (item,), collection_method="send_invoice", days_until_due=30)
    subscriptions.create(environment_id=paying.environment_id, facts=facts)
    deliver_all()
    return paying


@pytest.fixture
def forget(simulator, stripe_api):
    """Stripe forgets all of some lists, as where test data is deleted."""

    def vanish(*lists):
        for name in lists:
            for one in getattr(stripe_api.v1, name).list({"limit": 100}).data:
                simulator.forget(one.id)

    return vanish


def suggested(found):
    return {one.entity_type: one.suggested for one in found if one.kind not in ("differs", "only_there")}


def repair_all():
    bulk.ask(Finding.objects.filter(state="open"), bulk.SUGGESTED, by="ada")
    carry_out_all()


def test_all_is_made_anew_where_money_would_be_lost(family, findings, forget, stripe_api):
    everything = ("customers", "subscriptions", "invoices", "payment_intents", "prices", "products")
    forget(*everything)
    kinds = ("customer", "subscription", "invoice", "price", "plan")
    assert suggested(findings()) == dict.fromkeys(kinds, "push")
    repair_all()
    if findings():
        repair_all()
    assert [(str(one), one.why) for one in findings()] == []
    made = [len(getattr(stripe_api.v1, name).list().data) for name in ("customers", "prices", "products")]
    states = [one.objects.get().status for one in (Customer, Subscription, Price)]
    assert (made, states) == ([1, 1, 1], ["active"] * 3)


def test_an_invoice_that_was_never_sent_counts_as_well(family, findings, forget):
    Subscription.objects.update(status="cancelled", cancelled_at=timezone.now())
    forget("customers", "invoices", "payment_intents")
    EntityMapping.objects.filter(entity_type="invoice").delete()
    found = {
        one.entity_type: (one.kind, one.suggested) for one in findings() if not one.field and one.entity_id
    }
    assert found == {"customer": ("gone", "push"), "invoice": ("only_here", "push")}


def test_nothing_is_made_for_a_customer_who_owes_nothing(family, findings, forget):
    Subscription.objects.update(status="cancelled", cancelled_at=timezone.now())
    Invoice.objects.update(amount_remaining=Decimal(0), amount_paid=F("amount_due"))
    forget("customers", "subscriptions", "invoices", "payment_intents")
    assert suggested(findings()) == {"customer": "take", "invoice": "accept"}


def test_what_belongs_to_a_customer_who_has_ended_ends_as_well(family, findings, forget):
    Customer.objects.update(status="archived")
    forget("customers", "subscriptions", "invoices", "payment_intents")
    assert suggested(findings()) == {"subscription": "take", "invoice": "take"}
    repair_all()
    assert findings() == []
    assert (Subscription.objects.get().status, Invoice.objects.get().status) == ("cancelled", "voided")


class TestACatalogThatVanishesAsWell:
    CATALOG = ("prices", "products")

    def test_is_made_anew_for_a_subscription_that_was_never_sent(self, family, findings, forget):
        forget("subscriptions", *self.CATALOG)
        EntityMapping.objects.filter(entity_type="subscription").delete()
        assert suggested(findings()) == {"subscription": "push", "price": "push", "plan": "push"}

    def test_ends_with_a_subscription_whose_customer_is_still_there(self, family, findings, forget):
        forget("subscriptions", *self.CATALOG)
        assert suggested(findings()) == {"subscription": "take", "price": "take", "plan": "take"}

    def test_ends_where_no_subscription_needs_it(self, family, findings, forget):
        Subscription.objects.update(status="cancelled", cancelled_at=timezone.now())
        forget("customers", "subscriptions", "invoices", "payment_intents", *self.CATALOG)
        found = suggested(findings())
        assert (found["price"], found["plan"], found["customer"]) == ("take", "take", "push")

    def test_ends_the_subscription_where_it_was_archived_instead(self, family, findings, forget, stripe_api):
        """Stripe sells an archived price to nobody, so the subscription cannot be made there again."""
        [price] = stripe_api.v1.prices.list().data
        stripe_api.v1.prices.update(price.id, {"active": False})
        forget("customers", "subscriptions")
        found = {(one.entity_type, one.field): one.suggested for one in findings()}
        assert found["price", "active"] == found["subscription", ""] == found["customer", ""] == "take"
