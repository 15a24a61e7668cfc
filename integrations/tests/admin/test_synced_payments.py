"""Payments in the admin link to their counterparts."""

from typing import Any

from django.test import Client

from billing.models import Environment, Payment
from billing.tests.admin.pages import page
from billing.tests.factories import PaymentFactory
from integrations.models import Connection, InboundEvent


def shown(visitor: Client, row: Any) -> str:
    """Returns the HTML of the row's page."""
    return visitor.get(page(type(row), "change", row.pk)).content.decode()


class TestAPayment:
    def test_links_to_its_counterpart_by_the_gateways_id(
        self, operator: Client, connection: Connection, environment: Environment
    ) -> None:
        payment = PaymentFactory(environment=environment, gateway="acme", gateway_payment_id="pay_of_acme")
        panel = shown(operator, payment).partition("sync-heading")[2]
        assert "pay_of_acme" in panel

    def test_is_what_an_event_with_its_id_is_about(
        self, operator: Client, event: InboundEvent, environment: Environment
    ) -> None:
        payment = PaymentFactory(environment=environment, gateway="acme", gateway_payment_id=event.object_id)
        assert page(Payment, "change", payment.pk) in shown(operator, event)
