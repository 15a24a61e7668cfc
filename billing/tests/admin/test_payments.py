"""Payments in the admin."""

from django.test import Client

from billing.models import Payment
from billing.tests.admin.pages import page
from billing.tests.factories import PaymentFactory


class TestAPayment:
    def test_cannot_be_edited(self, operator: Client) -> None:
        payment = PaymentFactory()
        assert operator.post(page(Payment, "change", payment.pk), {"amount": "1"}).status_code == 403
        assert operator.get(page(Payment, "add")).status_code == 403
