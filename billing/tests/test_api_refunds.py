"""Refunds and disputes over the API, in lists and one by one."""

from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from billing.facts import DisputeFacts, PaymentEvidence, RefundFacts
from billing.models import Environment, Payment
from billing.services.payments import disputes, payments, refunds
from billing.tests.api_errors import assert_error
from billing.tests.factories import PaymentFactory


def taken_back(environment: Environment, number: int) -> Payment:
    """A payment with a refund and a dispute."""
    payment: Payment = PaymentFactory(environment=environment)
    where = {"environment_id": environment.pk, "payment_id": payment.pk, "now": timezone.now()}
    payments.settle(**where, evidence=PaymentEvidence(status="succeeded"))
    refunds.record(**where, facts=RefundFacts(f"re_{number}", Decimal(10 + number), "pending"))
    disputes.record(**where, facts=DisputeFacts(f"dp_{number}", Decimal(5), "needs_response"))
    return payment


@pytest.mark.parametrize("noun", ["refunds", "disputes"])
def test_are_listed_filtered_and_read(
    api: APIClient, environment: Environment, elsewhere: Environment, noun: str
) -> None:
    made = [taken_back(environment, number) for number in range(3)]
    taken_back(elsewhere, 3)
    first = api.get(f"/v1/{noun}?limit=2").json()
    rest = api.get(f"/v1/{noun}?limit=2&after={first['pagination']['next']}").json()
    found = first["items"] + rest["items"]
    assert [one["payment_id"] for one in found] == [payment.pk for payment in made[::-1]]
    for name in ("customer_id", "invoice_id"):
        [one] = api.get(f"/v1/{noun}?{name}={getattr(made[1], name)}").json()["items"]
        assert one == found[1]
    read = api.get(f"/v1/{noun}/{found[0]['id']}")
    assert (read.json(), read["ETag"]) == (found[0], '"1"')
    shown = api.get(f"/v1/payments/{made[2].pk}").json()[noun]
    assert shown == [found[0]]
    assert api.get(f"/v1/{noun}?status={found[0]['status']}&ordering=-updated_at").json()["items"] == found
    assert_error(api.get(f"/v1/{noun}?metadata[a]=b"), 400, "invalid", **{"metadata[a]": "no such parameter"})
    assert_error(api.get(f"/v1/{noun}?expand=integrations"), 400, "invalid", expand="no such parameter")
