"""Announcing: inside a transaction, once for a change, not at all for none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.transaction import TransactionManagementError

from billing.events import Change, Kind, announce
from billing.models import CreditNote, Environment
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.invoices import invoices, reported_credit_notes
from billing.services.payments import payments
from billing.services.subscriptions import subscriptions
from billing.tests import factories
from billing.tests.clock import NOW

MAKE: dict[Kind, Any] = {
    Kind.CUSTOMER: factories.CustomerFactory,
    Kind.PLAN: factories.PlanFactory,
    Kind.PRICE: factories.PriceFactory,
    Kind.SUBSCRIPTION: factories.SubscriptionFactory,
    Kind.INVOICE: factories.InvoiceFactory,
    Kind.PAYMENT: factories.PaymentFactory,
    Kind.CREDIT_NOTE: factories.CreditNoteFactory,
}
Update = Callable[..., Any]


def report(*, environment_id: str, credit_note_id: str, changes: dict[str, Any], origin: str | None) -> None:
    """Only gateways change a credit note, and report it again."""
    note = CreditNote.objects.get(pk=credit_note_id)
    reported_credit_notes.record(
        environment_id=environment_id,
        invoice_id=note.invoice_id,
        facts=factories.credit_note_facts(gateway_credit_note_id=note.gateway_credit_note_id, **changes),
        gateway=note.gateway,
        connection_id=note.connection_id,
        origin=origin,
    )


def say(kind: Kind, row: Any, metadata: dict[str, str], origin: str | None) -> None:
    """Changes the metadata of a row through its service."""
    services: dict[Kind, tuple[Update, str]] = {
        Kind.CUSTOMER: (customers.update, "customer_id"),
        Kind.PLAN: (plans.update, "plan_id"),
        Kind.PRICE: (plans.update_price, "price_id"),
        Kind.SUBSCRIPTION: (subscriptions.update, "subscription_id"),
        Kind.INVOICE: (invoices.update, "invoice_id"),
        Kind.PAYMENT: (payments.update, "payment_id"),
        Kind.CREDIT_NOTE: (report, "credit_note_id"),
    }
    update, name = services[kind]
    more = {"now": NOW} if kind == Kind.PAYMENT else {}
    update(
        environment_id=row.environment_id,
        changes={"metadata": metadata},
        origin=origin,
        **{name: row.pk},
        **more,
    )


class TestAnnounce:
    @pytest.mark.django_db(transaction=True)
    def test_refuses_outside_a_transaction(self) -> None:
        with pytest.raises(TransactionManagementError):
            announce(Change(Kind.CUSTOMER, "cust_1", "env_1"))

    @pytest.mark.parametrize("kind", Kind)
    def test_announces_a_change_exactly_once(
        self, environment: Environment, heard: list[Change], kind: Kind
    ) -> None:
        row = MAKE[kind](environment=environment)
        assert heard.count(Change(kind, row.pk, environment.pk)) == 1
        heard.clear()
        say(kind, row, {"colour": "red"}, "conn_1")
        assert heard == [Change(kind, row.pk, environment.pk, "conn_1")]

    @pytest.mark.parametrize("kind", Kind)
    def test_announces_nothing_when_nothing_changes(
        self, environment: Environment, heard: list[Change], kind: Kind
    ) -> None:
        row = MAKE[kind](environment=environment)
        say(kind, row, {"colour": "red"}, None)
        heard.clear()
        say(kind, row, {"colour": "red"}, None)
        assert heard == []


class TestDoingItTwice:
    def test_announces_once(self, environment: Environment, heard: list[Change]) -> None:
        customer = factories.CustomerFactory(environment=environment)
        subscription = factories.SubscriptionFactory(environment=environment)
        invoice = factories.InvoiceFactory(environment=environment)
        heard.clear()
        for _ in range(2):
            customers.archive(environment_id=environment.pk, customer_id=customer.pk)
            subscriptions.cancel(
                environment_id=environment.pk, subscription_id=subscription.pk, at_period_end=False, now=NOW
            )
            invoices.finalize(environment_id=environment.pk, invoice_id=invoice.pk, now=NOW)
        assert [change.kind for change in heard] == [Kind.CUSTOMER, Kind.SUBSCRIPTION, Kind.INVOICE]

    def test_setting_links_is_never_announced(self, environment: Environment, heard: list[Change]) -> None:
        invoice = factories.InvoiceFactory(environment=environment)
        heard.clear()
        invoices.set_links(
            environment_id=environment.pk,
            invoice_id=invoice.pk,
            hosted_invoice_url="https://pay.example/1",
            pdf_url="https://pay.example/1.pdf",
        )
        invoice.refresh_from_db()
        assert (invoice.pdf_url, heard) == ("https://pay.example/1.pdf", [])
