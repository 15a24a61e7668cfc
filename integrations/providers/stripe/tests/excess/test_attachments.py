"""Money that Stripe's invoice does not take: it ended meanwhile, or a bank works on another payment."""

import pytest

from billing.events import Kind
from integrations.models import OutboundSync
from integrations.providers.stripe.tests.paying.steps import finish, fresh, received, stripe_invoice, transfer
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
BANK_NUMBER = "000123456789"


@pytest.fixture
def sent(pipelines, connection, invoice):
    """An invoice at Stripe, of which no further events arrive."""
    assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
    pipelines.settle()
    return invoice


def test_what_was_paid_out_of_band_there_needs_nothing(stripe_api, connection, sent):
    stripe_api.v1.invoices.pay(stripe_invoice(stripe_api, sent).id, {"paid_out_of_band": True})
    payment = transfer(sent, "54.00")
    sync = push(connection, Kind.PAYMENT, payment.pk)
    assert (sync.state, sync.last_error) == ("done", "")
    assert sync.calls.filter(state="skipped", step=f"ended-{payment.pk}").exists()
    assert fresh(sent).payment_status == "succeeded"
    assert received(sent).get() == payment


def test_it_waits_until_the_bank_has_decided_on_another_payment(pipelines, stripe_api, connection, sent):
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, sent).id, BANK_NUMBER)
    payment = transfer(sent, "20.00")
    sync = push(connection, Kind.PAYMENT, payment.pk)
    assert sync.state == "sending" and "Waits until the bank has decided on pi_" in sync.last_error
    assert fresh(sent).payment_status == "processing"
    pipelines.simulator.advance_clock(6 * 24 * 3600)
    finish(pipelines)
    assert fresh(sent).payment_status == "overpaid"
    assert not OutboundSync.objects.exclude(state="done").exists()
