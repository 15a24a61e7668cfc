"""What is suggested of what is gone is possible, of every kind in every state."""

from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from billing.facts import PaymentFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import CreditNote, Customer, Invoice, Payment, Price, Subscription
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.models.subscriptions import SubscriptionStatus
from billing.services.invoices import credit_notes, endings
from billing.services.invoices.credit_notes import CreditNoteRequest
from billing.services.payments import payments
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping, Finding, FindingRepair, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.repairing import accepting, bulk
from integrations.reconcile.repairing.accepting import Acceptance

pytestmark = pytest.mark.django_db(transaction=True)
PREFIXES = {
    "customer": "cus", "plan": "prod", "price": "price", "subscription": "sub", "invoice": "in", "payment": "pi",
    "credit_note": "cn",
}  # fmt: skip


class States:
    """Rows of a customer in every state that lasts; no sync of them is left."""

    def __init__(self, connection, customer):
        self.connection, self.customer = connection, customer
        self.environment = connection.environment

    def make(self, *, is_gone):
        """Of a customer who is gone, what came from Stripe, and most states, tell nothing more."""
        self._subscriptions(("draft", "active") if is_gone else SubscriptionStatus.values)
        if not is_gone:
            self._payments()
        for is_external in (False,) if is_gone else (True, False):
            before = list(Invoice.objects.values_list("pk", flat=True))
            self._invoices()
            Invoice.objects.exclude(pk__in=before).update(is_external=is_external)

    def _subscriptions(self, statuses):
        item = SubscriptionItemFacts(builders.price(self.environment).pk, Decimal(1))
        for status in statuses:
            facts = SubscriptionFacts(
                self.customer.pk, "USD", (item,), collection_method="send_invoice", days_until_due=30
            )
            row = subscriptions.create(environment_id=self.environment.pk, facts=facts)
            ended = timezone.now() if status == SubscriptionStatus.CANCELLED else None
            Subscription.objects.filter(pk=row.pk).update(status=status, cancelled_at=ended)

    def _invoices(self):
        opened, partly, there, paid, credited, returned, draft = (
            builders.invoice(self.customer) for _ in range(7)
        )
        self._pay(partly, Decimal(4))
        self._pay(there, Decimal(4), gateway="stripe")
        for one in (paid, returned):
            self._pay(one, builders.TOTAL)
        self._credit(opened, Decimal(5))
        self._credit(credited, builders.TOTAL)
        self._credit(returned, Decimal(5), out_of_band=Decimal(5))
        for status in (InvoiceStatus.UNCOLLECTIBLE, InvoiceStatus.VOIDED):
            one = builders.invoice(self.customer)
            end = endings.void if status == InvoiceStatus.VOIDED else endings.mark_uncollectible
            end(environment_id=self.environment.pk, invoice_id=one.pk, now=timezone.now())
        Invoice.objects.filter(pk=draft.pk).update(
            status="draft", number="", amount_due=0, amount_remaining=0, finalized_at=None
        )

    def _pay(self, invoice, amount, **facts):
        values = {"amount": amount, "currency": "USD", "status": "succeeded", **facts}
        facts = PaymentFacts(self.customer.pk, invoice_id=invoice.pk, **values)
        payments.create(environment_id=self.environment.pk, facts=facts, now=timezone.now())

    def _credit(self, invoice, amount, **goes_back):
        request = CreditNoteRequest(amount=amount, **goes_back)
        credit_notes.issue(
            environment_id=self.environment.pk, invoice_id=invoice.pk, request=request, now=timezone.now()
        )

    def _payments(self):
        for status in PaymentState.values:
            facts = PaymentFacts(
                self.customer.pk, amount=Decimal(9), currency="USD", status="succeeded", gateway="stripe"
            )
            row = payments.create(environment_id=self.environment.pk, facts=facts, now=timezone.now())
            refunded = {"refunded": 9, "partially_refunded": 2}.get(status, 0)
            Payment.objects.filter(pk=row.pk).update(status=status, amount_refunded=refunded)


@pytest.fixture
def vanished(connection, environment, account, simulator):
    """Every row of two customers is gone at Stripe, of which one customer as well."""
    for name in ("Ada", "Bob"):
        States(connection, builders.customer(environment, name=name)).make(is_gone=name == "Ada")
    there = account.customer(1, name="Bob")
    rows = {
        "customer": Customer, "plan": Price, "price": Price, "subscription": Subscription, "invoice": Invoice,
        "payment": Payment, "credit_note": CreditNote,
    }  # fmt: skip
    for kind, model in rows.items():
        for number, row in enumerate(_rows(kind, model)):
            gone = f"{PREFIXES[kind]}_gone{number}"
            EntityMapping.objects.create(
                connection=connection,
                entity_type=kind,
                entity_id=row.plan_id if kind == "plan" else row.pk,
                provider_entity_id=there.id if str(row) == "Bob" else gone,
            )
        if model is CreditNote:
            CreditNote.objects.update(gateway="stripe", gateway_credit_note_id=F("pk"))
    OutboundSync.objects.all().delete()


def _rows(kind, model):
    """Without payments that came otherwise: Stripe has only records of these."""
    found = model.objects.order_by("pk")
    return found.exclude(gateway="") if kind == "payment" else found


def test_what_is_gone_is_repaired_as_suggested(vanished, findings):
    found = [one for one in findings() if one.kind == "gone"]
    assert len(found) > 40
    assert [one.why for one in found if not one.suggested] == []
    paid = Invoice.objects.filter(is_external=True, amount_paid=builders.TOTAL, credited=0).values_list(
        "pk", flat=True
    )
    told = {(one.suggested, "so it is not voided" in one.why) for one in found if one.entity_id in set(paid)}
    assert told == {("accept", True)}
    summary = bulk.ask(Finding.objects.filter(kind="gone"), bulk.SUGGESTED, by="ada")
    assert set(summary.refused) <= {bulk.NEEDS_REASON}
    left = Finding.objects.filter(suggested="accept").values_list("pk", flat=True)
    accepting.accept(list(left), Acceptance("ada", "As suggested.", None, timezone.now()))
    carry_out_all()
    failed = FindingRepair.objects.exclude(state="done").select_related("finding")
    assert [(str(one.finding), one.repair, one.finding.why, one.reason) for one in failed] == []
