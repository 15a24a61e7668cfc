"""Whose an invoice, a subscription or a payment is, after a customer was relinked to another row."""

from decimal import Decimal

import pytest

from billing.models import Customer, Invoice, Payment, Subscription
from integrations.models import EntityMapping, Finding
from integrations.reconcile.repairing import options
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def moved(account, imported, environment):
    """Ada's open invoice, subscription and payment belong to another row here than she does."""
    ada = account.customer(1, name="Ada")
    account.invoice(ada, 5000, paid=False)
    account.subscription(ada, account.price())
    account.payment(ada, 4200)
    imported()
    double = Customer.objects.create(environment=environment, name="Somebody else")
    for model in (Invoice, Subscription, Payment):
        model.objects.update(customer=double)
    return ada, double


def of_owners(findings):
    return [one for one in findings() if one.field == "customer"]


def test_is_compared(moved, findings):
    ada, double = moved
    found = of_owners(findings)
    assert {one.entity_type for one in found} == {"invoice", "subscription", "payment"}
    assert {(one.ours, one.theirs, one.suggested) for one in found} == {(double.pk, ada.id, "")}
    assert {options.offered(Subject(one))[0] for one in found} == {"accept"}
    assert all("relink the provider's customer" in one.why for one in found)


def test_has_at_stake_what_is_still_asked_for(moved, findings):
    kinds = {one.entity_type: one for one in of_owners(findings) if one.ours and one.amount_at_stake}
    assert kinds["subscription"].amount_at_stake == Decimal("19.90")
    invoices = Finding.objects.filter(entity_type="invoice", field="customer")
    assert sorted(invoices.values_list("amount_at_stake", flat=True)) == [Decimal(0), Decimal(50)]
    assert "payment" not in kinds


def test_a_subscription_is_named_by_its_customer(moved, findings):
    [found] = [one for one in of_owners(findings) if one.entity_type == "subscription"]
    assert found.label == "Ada, active"


def test_proves_nothing_of_a_customer_who_was_archived(moved, findings):
    Customer.objects.filter(pk=moved[1].pk).update(status="archived")
    assert of_owners(findings) == []


def test_proves_nothing_where_the_customer_is_not_here(moved, findings):
    EntityMapping.objects.filter(provider_entity_id=moved[0].id).delete()
    assert of_owners(findings) == []
