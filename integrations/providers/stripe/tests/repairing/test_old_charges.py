"""A payment of an old charge, without a PaymentIntent: no list shows it, and no call reads it alone."""

import pytest
from django.utils import timezone

from billing.models import Payment
from integrations.models import EntityMapping, Finding, FindingRepair
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.repairing import accepting, requests
from integrations.reconcile.repairing.accepting import Acceptance

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def charge(account, imported):
    """A payment on both sides whose counterpart is a charge."""
    account.payment(account.customer(1), 4200)
    imported()
    Payment.objects.update(gateway_payment_id="ch_1")
    EntityMapping.objects.filter(entity_type="payment").update(provider_entity_id="ch_1")
    return Payment.objects.get()


@pytest.fixture
def finding(charge, connection):
    """As an older release may have left it."""
    now = timezone.now()
    return Finding.objects.create(
        connection=connection,
        kind="gone",
        entity_type="payment",
        entity_id=charge.pk,
        provider_entity_id="ch_1",
        suggested="accept",
        asked_at=now,
        seen_at=now,
    )


def test_is_not_gone_because_no_list_shows_it(charge, findings):
    assert "gone" not in {one.kind for one in findings()}


def test_is_not_settled_as_gone_where_it_cannot_be_read(finding):
    accepting.accept([finding.pk], Acceptance("ada", "Known.", None, timezone.now()))
    carry_out_all()
    repair = FindingRepair.objects.get()
    assert repair.state == "failed" and "cannot be read alone" in repair.reason
    assert EntityMapping.objects.get(entity_type="payment").gone_choice == ""


def test_says_so_where_a_value_is_to_be_taken(finding):
    differs = {"kind": "differs", "field": "amount_refunded", "ours": "0.00", "theirs": "10.00"}
    Finding.objects.filter(pk=finding.pk).update(**differs, suggested="take")
    requests.ask(finding.pk, "take", by="ada")
    carry_out_all()
    assert "cannot be read alone" in FindingRepair.objects.get().reason
    assert Payment.objects.get().status == "succeeded"
