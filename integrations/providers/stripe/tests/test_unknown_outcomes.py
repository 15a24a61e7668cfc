"""After a 500 that Stripe keeps under the key, the call is repeated only if a look-up shows no effect."""

import re
from pathlib import Path

import pytest

from billing.events import Kind
from billing.models import Payment
from integrations.errors import Rejected, Retry
from integrations.gateway import rate_limiter
from integrations.gateway.guarded import GuardedGateway
from integrations.models.outbound import Priority
from integrations.payments import checkout
from integrations.providers.stripe import merging
from integrations.providers.stripe import push as pushes
from integrations.providers.stripe.recovery import FINDERS
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_push_invoices import push_again
from integrations.providers.stripe.translate import metadata
from integrations.testing import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(simulator, connection):
    return GuardedGateway(connection, Priority.SYNC)


@pytest.fixture
def admitted(monkeypatch):
    """The calls that asked the rate limiter for admission."""
    calls = []
    admit = rate_limiter.admit
    monkeypatch.setattr(rate_limiter, "admit", lambda *given: calls.append(given) or admit(*given))
    return calls


@pytest.mark.parametrize("effect", ["500_before", "500_after"])
def test_the_look_up_after_a_kept_500_counts_in_the_rate(gateway, simulator, admitted, effect):
    simulator.faults.add("customers.create", effect)
    params = {"email": "ada@example.com", "metadata": {metadata.CUSTOMER_ID: "cust_1"}}
    with pytest.raises(Retry):
        gateway.call("customers.create", params, key="key")
    assert gateway.call("customers.create", params, key="key")["email"] == "ada@example.com"
    # The call that failed, its repetition, the look-up, and one more if it had no effect.
    assert len(admitted) == len(simulator.requests()) == (4 if effect == "500_before" else 3)


def test_the_look_up_after_a_404_to_a_cancellation_counts_in_the_rate(
    gateway, simulator, stripe_api, admitted
):
    price = stripe_api.v1.prices.create(
        {
            "currency": "usd", "unit_amount": 500, "recurring": {"interval": "month"},
            "product_data": {"name": "x"},
        }
    )  # fmt: skip
    ended = stripe_api.v1.subscriptions.create(
        {
            "customer": stripe_api.v1.customers.create().id, "items": [{"price": price.id}],
            "collection_method": "send_invoice", "days_until_due": 7,
        }
    )  # fmt: skip
    stripe_api.v1.subscriptions.cancel(ended.id)
    before = len(simulator.requests())
    assert gateway.call("subscriptions.cancel", {}, target=ended.id, key="key")["status"] == "canceled"
    assert len(admitted) == len(simulator.requests()) - before == 2


def test_what_never_existed_cannot_be_cancelled(gateway):
    with pytest.raises(Rejected, match="sub_never"):
        gateway.call("subscriptions.cancel", {}, target="sub_never", key="key")


@pytest.mark.parametrize("effect", ["500_before", "500_after"])
def test_a_customer_is_created_once(simulator, stripe_api, connection, customer, effect):
    simulator.faults.add("customers.create", effect)
    assert push(connection, Kind.CUSTOMER, customer.id).state == "sending"
    assert push_again(connection, customer).state == "done"
    assert [row.name for row in stripe_api.v1.customers.list().data] == ["Ada Lovelace"]
    keys = [call["idempotency_key"] for call in simulator.requests("customers.create")]
    assert keys[0] == keys[1] and len(keys) == (3 if effect == "500_before" else 2)


@pytest.mark.parametrize("effect", ["500_before", "500_after"])
def test_each_status_change_of_an_invoice_is_done_once(gateway, simulator, stripe_api, effect):
    customer = gateway.call("customers.create", {})["id"]
    for operation, status in (
        ("invoices.finalize_invoice", "open"),
        ("invoices.mark_uncollectible", "uncollectible"),
        ("invoices.void_invoice", "void"),
    ):
        invoice = stripe_api.v1.invoices.create({"customer": customer})
        if status != "open":
            stripe_api.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 100, "description": "x"}]})
            stripe_api.v1.invoices.finalize_invoice(invoice.id)
        simulator.faults.add(operation, effect)
        with pytest.raises(Retry):
            gateway.call(operation, {}, target=invoice.id, key=f"key-{operation}")
        expected = "paid" if status == "open" else status
        assert gateway.call(operation, {}, target=invoice.id, key=f"key-{operation}")["status"] == expected


@pytest.fixture
def open_invoice(gateway, stripe_api):
    """An invoice that is to be sent."""
    customer = gateway.call("customers.create", {"email": "ada@example.com"})["id"]
    given = {"customer": customer, "collection_method": "send_invoice", "days_until_due": 9}
    invoice = stripe_api.v1.invoices.create(given | {"currency": "usd"}).id
    stripe_api.v1.invoices.add_lines(invoice, {"lines": [{"amount": 500, "description": "x"}]})
    return stripe_api.v1.invoices.finalize_invoice(invoice).id


@pytest.mark.parametrize("effect", ["500_before", "500_after"])
def test_an_invoice_is_sent_once(gateway, simulator, stripe_api, open_invoice, effect):
    simulator.faults.add("invoices.send_invoice", effect)
    with pytest.raises(Retry):
        gateway.call("invoices.send_invoice", {}, target=open_invoice, key="key")
    assert gateway.call("invoices.send_invoice", {}, target=open_invoice, key="key")["id"] == open_invoice
    sent = stripe_api.v1.events.list({"type": "invoice.sent"}).data
    assert [event.data.object["id"] for event in sent] == [open_invoice]


@pytest.mark.parametrize("effect", ["500_before", "500_after"])
def test_a_payment_is_attached_once(gateway, simulator, stripe_api, effect):
    customer = gateway.call("customers.create", {})["id"]
    invoice = stripe_api.v1.invoices.create({"customer": customer, "currency": "usd"}).id
    stripe_api.v1.invoices.add_lines(invoice, {"lines": [{"amount": 500, "description": "x"}]})
    stripe_api.v1.invoices.finalize_invoice(invoice)
    automatic = {"enabled": True, "allow_redirects": "never"}
    intent = stripe_api.v1.payment_intents.create(
        {
            "amount": 500, "currency": "usd", "customer": customer, "confirm": True,
            "payment_method": "pm_card_visa", "automatic_payment_methods": automatic,
        }
    )  # fmt: skip
    simulator.faults.add("invoices.attach_payment", effect)
    given = {"payment_intent": intent.id}
    with pytest.raises(Retry):
        gateway.call("invoices.attach_payment", given, target=invoice, key="key")
    assert gateway.call("invoices.attach_payment", given, target=invoice, key="key")["status"] == "paid"


def test_a_second_500_gets_a_third_key(gateway, simulator):
    # The repetition that only gets the stored response counts as a call, too.
    simulator.faults.add("customers.update", "500_before", times=3)
    customer = gateway.call("customers.create", {})["id"]
    for _ in range(2):
        with pytest.raises(Retry):
            gateway.call("customers.update", {"name": "Ada"}, target=customer, key="key")
    assert gateway.call("customers.update", {"name": "Ada"}, target=customer, key="key")["name"] == "Ada"
    last = simulator.requests("customers.update")[-1]
    assert last["idempotency_key"] == "key-again-again"


def test_a_checkout_that_met_a_500_leaves_no_open_payment(simulator, connection, customer):
    invoice = builders.invoice(customer)
    simulator.faults.add("checkout.sessions.create", "500_after")
    with pytest.raises(Retry):
        checkout.open_checkout(
            connection,
            invoice_id=invoice.id,
            success_url="https://shop.example/a",
            cancel_url="https://shop.example/b",
            now=invoice.finalized_at,
        )
    assert Payment.objects.get().status == "cancelled"


@pytest.mark.parametrize("effect", ["500_before", "500_after"])
def test_a_session_expires_once(gateway, simulator, effect):
    item = {
        "price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}},
        "quantity": 1,
    }
    params = {"mode": "payment", "line_items": [item], "success_url": "https://shop.example/a"}
    session = gateway.call("checkout.sessions.create", params)["id"]
    simulator.faults.add("checkout.sessions.expire", effect)
    with pytest.raises(Retry):
        gateway.call("checkout.sessions.expire", {}, target=session, key="key")
    assert gateway.call("checkout.sessions.expire", {}, target=session, key="key")["status"] == "expired"


def test_the_effect_of_every_call_of_a_push_can_be_looked_up():
    folders = [Path(package.__path__[0]) for package in (pushes, merging)]
    files = [path for folder in folders for path in folder.glob("*.py") if path.stem != "webhook_endpoint"]
    sources = "".join(path.read_text() for path in files)
    made_by_pushes = set(
        re.findall(
            r'"((?:[a-z_]+\.)+[a-z_]+)"',
            sources,
        )
    )
    # A draft that may be deleted already is left to an operator.
    reading = (".retrieve", ".list")
    changing = {operation for operation in made_by_pushes if not operation.endswith(reading)}
    assert changing - {"invoices.delete"} == {name for name in FINDERS if not name.endswith(reading)}
