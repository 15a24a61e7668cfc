"""The provider of docs/adding_a_provider.md works in both directions, and nothing else had to change."""

import hashlib
import hmac
import json
import re
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

import integrations.providers
from billing.events import Kind
from billing.facts import CustomerFacts, InvoiceFacts, LineFacts
from billing.models import Customer, Invoice, Payment
from billing.services.customers import customers
from billing.services.invoices import invoices
from integrations.errors import Unreachable
from integrations.inbox import processing
from integrations.inbox.outcomes import DIES
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import dry_run, worker
from integrations.provider_api import registry
from integrations.testing import ScriptedGateway, make_connection, push, registered
from integrations.tests import postbox_server
from integrations.tests.factories import CustomerFactory

PAGE = Path(__file__).parents[2] / "docs" / "adding_a_provider.md"
*PROVIDER_CODE, TESTING_CODE = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
SECRET = "postbox_secret"


@pytest.fixture
def postbox():
    with postbox_server.running() as server:
        yield server


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The page's code in a folder under providers/, as far as Python can tell."""
    made = tmp_path / "postbox"
    made.mkdir()
    (made / "__init__.py").touch()
    (made / "provider.py").write_text("\n".join(PROVIDER_CODE))
    monkeypatch.setattr(integrations.providers, "__path__", [*integrations.providers.__path__, str(tmp_path)])
    registry._found.cache_clear()
    yield made
    registry._found.cache_clear()


@pytest.fixture
def connection(folder, postbox, environment):
    return make_connection(
        environment.id,
        "postbox",
        credentials={"address": postbox.address, "token": postbox_server.TOKEN},
        secret=SECRET,
    )


def deliver():
    """Delivers all that waits, however long it should have waited."""
    while waiting := OutboundSync.objects.filter(settled_at=None).order_by("created_at").first():
        worker.deliver(waiting.id, now=max(waiting.next_attempt_at, timezone.now()))


def send(type, data, event_id="e1"):
    """Sends a webhook; its event waits."""
    body = json.dumps({"id": event_id, "type": type, "sent": int(time.time()), "data": data})
    signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    answer = Client().post(
        "/v1/integrations/postbox/webhook",
        body,
        content_type="application/json",
        headers={"Postbox-Signature": signature},
    )
    assert answer.status_code == 200
    return InboundEvent.objects.get(provider_event_id=event_id)


def receive(type, data, event_id="e1"):
    """Sends a webhook and applies its event."""
    event = send(type, data, event_id)
    processing.process(event.id, timezone.now())
    event.refresh_from_db()
    return event


def make_customer(connection):
    return customers.create(environment_id=connection.environment_id, facts=CustomerFacts(name="Ada"))


def make_invoice(connection, currency="USD", unit_amount="10.25"):
    """Two pieces, with a discount and a tax."""
    unit = Decimal(unit_amount)
    line = LineFacts(
        description="Work", quantity=Decimal(2), unit_amount=unit, discount=Decimal(1), tax=Decimal(3)
    )
    facts = InvoiceFacts(customer_id=make_customer(connection).id, currency=currency, lines=(line,))
    environment_id = connection.environment_id
    draft = invoices.create(environment_id=environment_id, facts=facts)
    return invoices.finalize(environment_id=environment_id, invoice_id=draft.id, now=timezone.now())


def test_the_folder_is_found(folder):
    assert registry.provider("postbox").label == "Postbox"


def test_a_customer_goes_out_and_stays_in_step(connection, postbox):
    made = make_customer(connection)
    worker.deliver(OutboundSync.objects.get().id, now=timezone.now())
    customers.update(
        environment_id=connection.environment_id, customer_id=made.id, changes={"email": "ada@example.com"}
    )
    worker.deliver(OutboundSync.objects.get(state="pending").id, now=timezone.now())
    ada = {"name": "Ada", "email": "ada@example.com", "reference": made.id}
    assert postbox.rows["contacts"] == {"contact_1": {"id": "contact_1"} | ada}


def test_a_contact_comes_in_and_is_not_echoed(connection):
    event = receive("contact.saved", {"id": "contact_7", "name": "Grace", "email": "g@example.com"})
    assert event.state == "applied"
    assert Customer.objects.get().name == "Grace"
    assert EntityMapping.objects.get().provider_entity_id == "contact_7"
    assert not OutboundSync.objects.exists()


class TestALostAnswer:
    def test_leaves_one_customer(self, connection, postbox):
        postbox.loses = ["contacts"]
        make_customer(connection)
        deliver()
        assert OutboundSync.objects.get().state == "done"
        assert postbox.calls == ["POST contacts", "GET contacts"] and len(postbox.rows["contacts"]) == 1

    def test_leaves_one_invoice(self, connection, postbox):
        postbox.loses = ["bills", "bills"]
        make_invoice(connection)
        deliver()
        assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
        assert [bill["status"] for bill in postbox.rows["bills"].values()] == ["open"]

    def test_whose_object_arrives_by_event_leaves_one_customer_on_both_sides(self, connection, postbox):
        postbox.loses = ["contacts"]
        made = make_customer(connection)
        worker.deliver(OutboundSync.objects.get().id, now=timezone.now())
        receive("contact.saved", postbox.rows["contacts"]["contact_1"])
        deliver()
        assert len(postbox.rows["contacts"]) == 1 and Customer.objects.get().id == made.id
        assert EntityMapping.objects.get().provider_entity_id == "contact_1"


class TestAnInvoice:
    def test_arrives_with_discount_tax_and_its_links_come_back(self, connection, postbox):
        invoice = make_invoice(connection)
        deliver()
        [bill] = postbox.rows["bills"].values()
        assert bill["lines"] == [{"description": "Work", "amount": 1950, "tax": 300}]
        assert (bill["total"], bill["contact"], bill["status"]) == (2250, "contact_1", "open")
        invoice.refresh_from_db()
        assert invoice.total == Decimal("22.50") and invoice.hosted_invoice_url == bill["page"]

    def test_is_sent_in_the_minor_units_of_its_currency(self, connection, postbox):
        make_invoice(connection, "JPY", "1000")
        deliver()
        assert postbox.rows["bills"]["bill_1"]["total"] == 2002

    def test_is_planned_without_a_call(self, connection, postbox):
        invoice = make_invoice(connection)
        calls = dry_run.plan(connection, Kind.INVOICE, invoice.id)
        assert [call.operation for call in calls] == ["contacts.create", "bills.create", "bills.update"]
        assert not postbox.calls

    def test_that_is_a_draft_or_external_is_not_sent(self, connection):
        facts = InvoiceFacts(customer_id=make_customer(connection).id, currency="USD", lines=())
        environment_id = connection.environment_id
        invoices.create(environment_id=environment_id, facts=facts)
        made = invoices.create(environment_id=environment_id, facts=replace(facts, is_external=True))
        invoices.finalize(
            environment_id=environment_id, invoice_id=made.id, now=timezone.now(), origin="elsewhere"
        )
        assert not OutboundSync.objects.filter(entity_type=Kind.INVOICE).exists()

    def test_that_differs_at_the_provider_is_not_opened(self, connection, postbox, monkeypatch):
        save = postbox.save
        monkeypatch.setattr(postbox, "save", lambda *given: save(*given) | {"total": 1})
        make_invoice(connection)
        deliver()
        blocked = OutboundSync.objects.get(entity_type=Kind.INVOICE)
        assert blocked.state == "blocked" and "was not opened" in blocked.last_error
        assert "status" not in postbox.rows["bills"]["bill_1"]

    def test_that_is_voided_ends_there(self, connection, postbox):
        invoice = make_invoice(connection)
        deliver()
        invoices.void(environment_id=connection.environment_id, invoice_id=invoice.id, now=timezone.now())
        deliver()
        assert postbox.rows["bills"]["bill_1"]["status"] == "void"


class TestAPayment:
    @pytest.fixture
    def paid(self, connection):
        """The invoice, and the provider's payment of it."""
        invoice = make_invoice(connection)
        deliver()
        return invoice, {
            "id": "payment_1",
            "contact": "contact_1",
            "bill": "bill_1",
            "amount": 2250,
            "currency": "USD",
            "status": "succeeded",
        }

    def test_pays_the_invoice_once(self, paid):
        invoice, payment = paid
        for number in range(3):
            assert receive("payment.changed", payment, f"p{number}").state == "applied"
        payment = Payment.objects.get()
        assert (payment.amount, payment.is_external) == (Decimal("22.50"), True)
        invoice.refresh_from_db()
        assert (invoice.amount_remaining, invoice.payment_status) == (0, "succeeded")

    def test_that_does_not_name_its_bill_yet_is_assigned_later(self, paid):
        invoice, payment = paid
        receive("payment.changed", payment | {"bill": None, "status": "processing"}, "p1")
        assert Payment.objects.get().invoice is None
        receive("payment.changed", payment, "p2")
        assert Payment.objects.get().invoice == invoice
        assert Invoice.objects.get().payment_status == "succeeded"

    def test_of_an_unknown_contact_waits(self, connection):
        payment = {
            "id": "payment_1",
            "contact": "contact_9",
            "amount": 1,
            "currency": "USD",
            "status": "failed",
        }
        event = receive("payment.changed", payment)
        assert (event.state, event.reason) == ("pending", f"Waits for the contact contact_9. {DIES}")

    def test_comes_after_its_contact_in_a_batch(self, connection):
        payment = {
            "id": "payment_1",
            "contact": "contact_9",
            "amount": 1,
            "currency": "USD",
            "status": "failed",
        }
        receive("payment.changed", payment, "p1")
        InboundEvent.objects.update(next_attempt_at=timezone.now())
        send("contact.saved", {"id": "contact_9", "name": "Grace", "email": ""}, "c1")
        processing.process_due(timezone.now(), 10)
        assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}
        assert Payment.objects.get().customer.name == "Grace"


def test_the_api_knows_it(connection, api, postbox):
    metadata = {"address": postbox.address, "token": postbox_server.TOKEN}
    made = api.post("/v1/connections", {"provider": "postbox", "name": "New", "metadata": metadata}).json()
    assert api.post(f"/v1/connections/{made['id']}/test").json()["account_id"] == "box_1"


def test_no_migration_is_needed(connection):
    call_command("makemigrations", "integrations", check=True, dry_run=True, verbosity=0)


def test_what_the_page_says_of_testing_is_right(folder, environment):
    names = {
        "PROVIDER": registry.provider("postbox"),
        "customer": CustomerFactory(environment=environment),
        "Kind": Kind,
        "Unreachable": Unreachable,
        "ScriptedGateway": ScriptedGateway,
        "push": push,
        "replace": replace,
        "make_connection": make_connection,
        "registered": registered,
        "worker": worker,
    }
    exec(TESTING_CODE, names)  # noqa: S102 - the code is FlexSync's own page
    assert names["gateway"].operations() == ["contacts.create", "contacts.find"]


def test_an_unreadable_message_that_is_signed_is_refused(connection):
    address = f"/v1/integrations/postbox/webhook/{connection.id}"
    for body in (b"no json", b"[]", b'{"id": "evt_1", "type": "contact.saved"}'):
        signed = {"Postbox-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
        response = Client().post(address, body, content_type="application/json", headers=signed)
        found = response.status_code, response.json()["code"], InboundEvent.objects.count()
        assert found == (400, "invalid_payload", 0)
