"""The audit: what was stored, by whom, and what was in it before; nothing of what was not."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from billing.actors import Actor, ActorType, acting
from billing.facts import CustomerFacts, DisputeFacts, LineFacts, PaymentFacts, RefundFacts
from billing.models import AuditEntry, Customer, Environment, Invoice, Payment
from billing.persistence.prefetch import Prefetch
from billing.persistence.unit_of_work import unit_of_work
from billing.services import audit
from billing.services.customers import customers
from billing.services.invoices import invoices
from billing.services.payments import disputes, payments, refunds
from billing.tests.admin.pages import press
from billing.tests.clock import NOW
from billing.tests.factories import CustomerFactory, InvoiceFactory

pytestmark = pytest.mark.django_db


def entries(**such: Any) -> list[tuple[Any, ...]]:
    """Kind, action and changes of the entries, in the order in which they were noted."""
    found = AuditEntry.objects.filter(**such).order_by("pk")
    return [(one.kind, one.action, one.changes) for one in found]


def renamed(customer: Customer, **changes: Any) -> Customer:
    return customers.update(environment_id=customer.environment_id, customer_id=customer.pk, changes=changes)


@pytest.fixture
def customer(environment: Environment) -> Customer:
    made = CustomerFactory(environment=environment, name="Ada")
    AuditEntry.objects.all().delete()
    return made


class TestAnEntry:
    def test_tells_what_a_new_row_holds(self, environment: Environment) -> None:
        facts = CustomerFacts(name="Ada", metadata={"tier": "gold"})
        made = customers.create(environment_id=environment.pk, facts=facts)
        held = {"name": [None, "Ada"], "metadata": [None, {"tier": "gold"}]}
        assert entries(row_id=made.pk, customer_id=made.pk) == [("customer", "created", held)]

    def test_tells_only_what_changed_and_what_it_was_before(self, customer: Customer) -> None:
        renamed(customer, name="Grace", email=customer.email)
        assert entries() == [("customer", "changed", {"name": ["Ada", "Grace"]})]

    def test_tells_each_change_of_a_row_from_what_the_last_one_left(self, customer: Customer) -> None:
        for name in ("Grace", "Joan"):
            renamed(customer, name=name)
        assert [changes["name"] for *_, changes in entries()] == [["Ada", "Grace"], ["Grace", "Joan"]]

    def test_shows_amounts_and_lines_as_the_api_does(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        before = [line.pk for line in invoice.lines.all()]
        AuditEntry.objects.all().delete()
        lines = (LineFacts("Work", Decimal(2), Decimal("6.25")),)
        invoices.update(environment_id=environment.pk, invoice_id=invoice.pk, changes={"lines": lines})
        [(_, _, changes)] = entries(invoice_id=invoice.pk)
        old, new = changes.pop("lines")
        assert ([line["id"] for line in old], changes["total"]) == (before, ["100.00", "12.50"])
        [line] = new
        assert (line["description"], line["quantity"], line["amount"]) == ("Work", "2", "12.50")

    def test_belongs_to_the_invoice_that_its_payment_is_for(self, environment: Environment) -> None:
        payment = paid(InvoiceFactory(environment=environment, finalized=True))
        refunds.record(environment_id=environment.pk, payment_id=payment.pk, facts=REFUND, now=NOW)
        disputes.record(environment_id=environment.pk, payment_id=payment.pk, facts=DISPUTE, now=NOW)
        of_invoice = {kind for kind, *_ in entries(invoice_id=payment.invoice_id)}
        assert of_invoice == {"invoice", "payment", "refund", "dispute"}
        [disputed] = entries(kind="dispute")
        assert disputed[2]["amount_of_payment"] == [None, "10.00"]

    def test_holds_no_address_at_which_anybody_could_pay(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        links = dict.fromkeys(("hosted_invoice_url", "pdf_url"), "https://pay.example.com/i/a-secret")
        with unit_of_work(environment.pk, Prefetch()):
            invoices.set_links(environment_id=environment.pk, invoice_id=invoice.pk, **links)
        assert not AuditEntry.objects.filter(changes__icontains="a-secret").exists()


class TestNoEntry:
    def test_is_written_where_nothing_changes(self, customer: Customer) -> None:
        renamed(customer, name="Ada")
        assert not AuditEntry.objects.exists()

    def test_is_left_of_what_is_rolled_back(self, customer: Customer) -> None:
        with transaction.atomic():
            renamed(customer, name="Grace")
            transaction.set_rollback(True)
        assert not AuditEntry.objects.exists()

    def test_is_left_of_a_savepoint_in_a_unit_of_work(self, customer: Customer) -> None:
        with unit_of_work(customer.environment_id, Prefetch()):
            with transaction.atomic():
                renamed(customer, name="Grace")
                transaction.set_rollback(True)
            renamed(customer, email="ada@example.org")
        assert [list(changes) for *_, changes in entries()] == [["email"]]

    def test_is_missed_by_a_query_in_a_unit_of_work(self, customer: Customer) -> None:
        with unit_of_work(customer.environment_id, Prefetch()):
            renamed(customer, name="Grace")
            assert AuditEntry.objects.count() == 1


REFUND = RefundFacts("re_1", Decimal(10), "pending")
DISPUTE = DisputeFacts(gateway_dispute_id="dp_1", amount=Decimal(10), status="needs_response")


def paid(invoice: Invoice) -> Payment:
    facts = PaymentFacts(
        invoice.customer_id, invoice.total, invoice.currency, status="succeeded", invoice_id=invoice.pk
    )
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=NOW)


def story(environment: Environment, block: Any) -> list[tuple[Any, ...]]:
    """The entries of a whole story whose services are called in ``block``, without what is of its moment."""
    customer = CustomerFactory(environment=environment, name="Ada", email="")
    AuditEntry.objects.all().delete()
    with block, acting(Actor(ActorType.EVENT, "evt_1", "conn_1")):
        renamed(customer, name="Grace")
        renamed(customer, name="Grace", metadata={"a": "b"})
        invoice = InvoiceFactory(environment=environment, customer=customer)
        where = {"environment_id": environment.pk, "invoice_id": invoice.pk}
        lines = (*invoices.facts(invoice).lines, LineFacts("More", Decimal(1), Decimal(5)))
        invoices.update(**where, changes={"lines": lines, "description": "March"})
        invoice = invoices.finalize(**where, now=NOW)
        payment = paid(invoice)
        of_payment = {"environment_id": environment.pk, "payment_id": payment.pk, "now": NOW}
        refunds.record(**of_payment, facts=REFUND)
        refunds.record(**of_payment, facts=RefundFacts("re_1", Decimal(10), "succeeded"))
        disputes.record(**of_payment, facts=DISPUTE)
    return [
        (one.kind, one.action, _anonymous(one.changes), one.actor_type, one.actor, bool(one.invoice_id))
        for one in AuditEntry.objects.order_by("pk")
    ]


def _anonymous(changes: Any) -> Any:
    if isinstance(changes, dict):
        return {
            name: _anonymous(value)
            for name, value in changes.items()
            if name != "number" and not name.endswith("id")
        }
    return [_anonymous(one) for one in changes] if isinstance(changes, list) else changes


class TestAUnitOfWork:
    def test_notes_what_services_called_one_by_one_note(
        self, environment: Environment, elsewhere: Environment
    ) -> None:
        alone = story(environment, nullcontext())
        together = story(elsewhere, unit_of_work(elsewhere.pk, Prefetch()))
        assert alone == together
        assert len(alone) > 10


class TestTheActor:
    def test_of_a_request_is_its_api_key(self, api: APIClient, ada: Any) -> None:
        api.patch(f"/v1/customers/{ada['id']}", {"name": "Grace"}, headers={"X-Request-ID": "req-of-ours"})
        entry = AuditEntry.objects.latest("pk")
        assert (entry.actor_type, entry.request_id) == ("api_key", "req-of-ours")
        assert entry.actor.startswith("tests (")

    def test_of_a_page_is_its_operator(
        self, admin_client: Client, admin_user: User, customer: Customer
    ) -> None:
        press(admin_client, customer, "archive")
        entry = AuditEntry.objects.latest("pk")
        assert entry.changes == {"status": ["active", "archived"]}
        assert (entry.actor_type, entry.actor) == ("operator", admin_user.get_username())
        assert entry.request_id.startswith("req_")

    def test_is_the_innermost_one(self, customer: Customer) -> None:
        with acting(Actor(ActorType.COMMAND, "sync")):
            with acting(Actor(ActorType.ANSWER, "sync_1", "conn_1")):
                renamed(customer, name="Grace")
            renamed(customer, name="Joan")
        found = AuditEntry.objects.order_by("pk").values_list("actor_type", "actor", "connection_id")
        assert list(found) == [("answer", "sync_1", "conn_1"), ("command", "sync", "")]


class TestForgetting:
    def test_leaves_what_is_younger(self, customer: Customer) -> None:
        for name in ("Grace", "Joan"):
            renamed(customer, name=name)
        now = timezone.now()
        AuditEntry.objects.filter(changes__name__1="Grace").update(at=now - timedelta(days=31))
        assert audit.forget(now, days=0) == 0
        assert audit.forget(now, days=30) == 1
        assert [changes for *_, changes in entries()] == [{"name": ["Grace", "Joan"]}]
