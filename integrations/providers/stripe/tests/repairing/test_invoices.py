"""Repairs of what was lost of invoices: money that came, what was voided, and edits that come too late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import CreditNote, Invoice, Payment
from integrations.models import EntityMapping, Finding, FindingRepair
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all, deliver_all
from integrations.reconcile.repairing import bulk, checks, options, requests, work
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice(account, imported):
    made = account.invoice(account.customer(1), 5000, paid=False)
    imported()
    return made


def here():
    return Invoice.objects.get()


def repair_all():
    summary = bulk.ask(Finding.objects.filter(state="open"), bulk.SUGGESTED, by="ada")
    carry_out_all()
    return summary


class TestAnInvoicePaidThere:
    def test_is_paid_here_once(self, invoice, findings, stripe_api):
        stripe_api.v1.invoices.pay(invoice.id, {"off_session": True})
        assert {one.suggested for one in findings()} == {"take"}
        repair_all()
        assert (here().amount_remaining, Payment.objects.count()) == (0, 1)
        assert findings() == []

    def test_is_never_pushed_back(self, invoice, findings, stripe_api):
        stripe_api.v1.invoices.pay(invoice.id, {"off_session": True})
        for found in findings():
            assert "push" not in options.offered(Subject(found))


class TestAnInvoiceVoidedThere:
    def test_is_voided_here(self, invoice, findings, stripe_api, repaired):
        stripe_api.v1.invoices.void_invoice(invoice.id)
        [found] = findings()
        assert repaired(found).state == "done"
        assert here().status == "voided" and findings() == []


class TestAnInvoicePaidThereThatHasEndedHere:
    """As when neither side has heard of the other: Stripe voids no invoice that is paid."""

    @pytest.mark.parametrize("status", ["voided", "uncollectible"])
    def test_its_money_is_brought_here_and_both_are_in_step(
        self, status, stripe_api, environment, connection, findings
    ):
        made = builders.invoice(builders.customer(environment))
        deliver_all()
        stripe_id = EntityMapping.objects.get(entity_id=made.pk).provider_entity_id
        stripe_api.v1.invoices.pay(stripe_id, {"payment_method": "pm_card_visa"})
        Invoice.objects.update(status=status)
        assert {one.suggested for one in findings()} == {"take"}
        repair_all()
        assert (here().status, here().amount_paid) == (status, made.total)
        assert findings() == []


class TestACreditNoteThere:
    def test_lowers_what_remains_once(self, invoice, findings, stripe_api):
        stripe_api.v1.credit_notes.create({"invoice": invoice.id, "amount": 1000})
        findings()
        repair_all()
        assert (here().amount_remaining, CreditNote.objects.count()) == (40, 1)
        assert findings() == []


class TestAnInvoicePaidHereWithoutAPayment:
    def test_says_what_to_do_where_a_push_changes_nothing(
        self, stripe_api, environment, connection, findings, repaired
    ):
        made = builders.invoice(builders.customer(environment))
        deliver_all()
        paid = {"amount_paid": made.total, "amount_remaining": 0, "payment_status": "succeeded"}
        Invoice.objects.update(**paid)
        by_field = {one.field: one for one in findings()}
        assert by_field["amount_paid"].suggested == "push"
        failed = repaired(by_field["amount_paid"])
        assert (failed.state, "correct the side that is wrong" in failed.reason) == ("failed", True)


class TestARepairThatHasNotHelped:
    """An invoice that is paid here without a payment: a push changes nothing at Stripe."""

    @pytest.fixture
    def waiting(self, stripe_api, environment, connection, account, findings):
        """Its repair was carried out while that of a customer still waits."""
        made = builders.invoice(builders.customer(environment))
        deliver_all()
        paid = {"amount_paid": made.total, "amount_remaining": 0, "payment_status": "succeeded"}
        Invoice.objects.update(**paid)
        account.customer(2)
        found = {(one.entity_type, one.field): one for one in findings()}
        other = requests.ask(found["customer", ""].pk, "take", by="ada")
        FindingRepair.objects.filter(pk=other.pk).update(next_attempt_at=timezone.now() + timedelta(days=1))
        asked = requests.ask(found["invoice", "amount_paid"].pk, "push", by="ada")
        for _ in range(2):
            work.carry_out(asked.pk, timezone.now())
            deliver_all()
            FindingRepair.objects.filter(pk=asked.pk).update(next_attempt_at=timezone.now())
        asked.refresh_from_db()
        return asked

    def test_waits_for_the_others_that_were_asked_for(self, waiting):
        assert (waiting.settled_at, waiting.reason) == (None, work.AFTER_OTHERS)
        # What another repair would lead to.
        unpaid = {"amount_paid": 0, "amount_remaining": here().total, "payment_status": "pending"}
        Invoice.objects.update(**unpaid)
        carry_out_all()
        assert {one.state for one in FindingRepair.objects.all()} == {"done"}

    def test_fails_when_these_have_ended(self, waiting):
        carry_out_all()
        waiting.refresh_from_db()
        assert (waiting.state, waiting.reason) == ("failed", checks.UNCHANGED)

    def test_does_not_wait_for_ever(self, waiting):
        FindingRepair.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(hours=2))
        work.carry_out(waiting.pk, timezone.now())
        waiting.refresh_from_db()
        assert waiting.state == "failed"


class TestATextChangedHereTooLate:
    @pytest.fixture
    def finding(self, invoice, findings):
        Invoice.objects.update(description="Too late")
        [found] = findings()
        return found

    def test_is_taken_back(self, finding, findings, repaired):
        assert finding.suggested == "take" and "any more" in finding.why
        assert repaired(finding).state == "done"
        assert here().description != "Too late" and findings() == []

    def test_cannot_be_pushed(self, finding):
        assert "any more" in requests.refusal(finding, "push")
