"""What a provider reports has happened there: our own doors' rules do not stand in its way, its state does."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.events import Change
from billing.facts import LineFacts, PaymentFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import Environment
from billing.services import customers, invoices, payments, plans, subscriptions
from billing.services.errors import Code, Conflict, Invalid, NotFound
from billing.tests.clock import NOW
from billing.tests.factories import (
    CustomerFactory,
    InvoiceFactory,
    PaymentFactory,
    PlanFactory,
    PriceFactory,
    SubscriptionFactory,
)

THERE = "conn_1"


class TestAnArchivedCustomer:
    def test_may_still_subscribe_there(self, environment: Environment) -> None:
        customer = CustomerFactory(environment=environment)
        customers.archive(environment_id=environment.pk, customer_id=customer.pk)
        item = SubscriptionItemFacts(PriceFactory(environment=environment, currency="EUR").pk)
        facts = SubscriptionFacts(customer.pk, "USD", (item,))
        made = subscriptions.create(environment_id=environment.pk, facts=facts, origin=THERE)
        assert subscriptions.facts(made) == facts
        with pytest.raises(Invalid):
            subscriptions.create(environment_id=environment.pk, facts=facts)


class TestASubscription:
    def test_is_replaced_as_a_whole(self, environment: Environment, heard: list[Change]) -> None:
        subscription = SubscriptionFactory(environment=environment)
        known = subscriptions.facts(subscription)
        wanted = replace(known, status="past_due", items=(*known.items, *known.items), metadata={"a": "b"})
        heard.clear()
        for _ in range(2):
            replaced = subscriptions.replace(
                environment_id=environment.pk, subscription_id=subscription.pk, facts=wanted, origin=THERE
            )
            assert subscriptions.facts(replaced) == wanted
        assert [change.origin for change in heard] == [THERE]

    def test_that_is_cancelled_stays_so(self, environment: Environment) -> None:
        subscription = SubscriptionFactory(environment=environment)
        late = subscriptions.facts(subscription)
        known = {"environment_id": environment.pk, "subscription_id": subscription.pk}
        subscriptions.cancel(**known, at_period_end=False, now=NOW)
        assert subscriptions.replace(**known, facts=late, origin=THERE).status == "cancelled"
        with pytest.raises(Conflict):
            subscriptions.replace(**known, facts=late)

    def test_keeps_its_customer(self, environment: Environment) -> None:
        subscription = SubscriptionFactory(environment=environment)
        other = CustomerFactory(environment=environment)
        facts = replace(subscriptions.facts(subscription), customer_id=other.pk)
        with pytest.raises(Invalid, match="another customer"):
            subscriptions.replace(
                environment_id=environment.pk, subscription_id=subscription.pk, facts=facts, origin=THERE
            )


class TestAnInvoice:
    def test_gives_back_its_facts(self, environment: Environment) -> None:
        line = LineFacts("Seats", Decimal(3), Decimal("0.0005"), tax_percentage=Decimal("7.5"))
        invoice = InvoiceFactory(environment=environment, lines=(line,), metadata={"a": "b"})
        facts = invoices.facts(invoice)
        assert facts.metadata == {"a": "b"}
        assert replace(facts.lines[0], id="", amount=Decimal(0)) == line
        assert facts.lines[0].id == invoice.lines.get().pk

    def test_that_was_given_up_may_still_be_paid(self, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment)
        invoice_id = payment.invoice_id
        for _ in range(2):
            given_up = invoices.mark_uncollectible(
                environment_id=environment.pk, invoice_id=invoice_id, now=NOW, origin=THERE
            )
            assert given_up.status == "uncollectible"
        payments.settle(environment_id=environment.pk, payment_id=payment.pk, status="succeeded", now=NOW)
        given_up.refresh_from_db()
        assert (given_up.status, given_up.payment_status) == ("uncollectible", "succeeded")

    def test_that_is_a_draft_cannot_be_given_up(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        with pytest.raises(Conflict) as caught:
            invoices.mark_uncollectible(environment_id=environment.pk, invoice_id=invoice.pk, now=NOW)
        assert caught.value.code == Code.INVOICE_NOT_OPEN


class TestAPayment:
    def test_of_a_voided_invoice_is_recorded(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        invoices.void(environment_id=environment.pk, invoice_id=invoice.pk, now=NOW)
        facts = PaymentFacts(
            invoice.customer_id, Decimal(100), "USD", invoice.pk, "succeeded", is_external=True
        )
        payments.create(environment_id=environment.pk, facts=facts, now=NOW, origin=THERE)
        invoice.refresh_from_db()
        assert (invoice.status, invoice.payment_status, invoice.amount_remaining) == ("voided", "overpaid", 0)

    @pytest.mark.parametrize("twice", [{"gateway_payment_id": "pi_1"}, {"idempotency_key": "k"}])
    def test_is_recorded_once(self, environment: Environment, twice: dict[str, str]) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        key = twice.get("idempotency_key", "")
        there = twice.get("gateway_payment_id", "")
        facts = PaymentFacts(invoice.customer_id, Decimal(1), "USD", gateway="bank", gateway_payment_id=there)
        known = {"environment_id": environment.pk, "facts": facts, "idempotency_key": key, "now": NOW}
        made = payments.create(**known)
        assert payments.facts(made) == facts
        with pytest.raises(Conflict) as caught:
            payments.create(**known)
        assert caught.value.code == Code.ALREADY_TAKEN

    def test_of_another_environment_is_not_found(
        self, environment: Environment, elsewhere: Environment
    ) -> None:
        payment = PaymentFactory(environment=elsewhere)
        with pytest.raises(NotFound):
            payments.settle(environment_id=environment.pk, payment_id=payment.pk, status="succeeded", now=NOW)


class TestRestoring:
    def test_makes_plans_and_prices_active_again(self, environment: Environment, heard: list[Change]) -> None:
        price = PriceFactory(environment=environment)
        where = environment.pk
        plans.archive(environment_id=where, plan_id=price.plan_id)
        plans.archive_price(environment_id=where, price_id=price.pk)
        heard.clear()
        for _ in range(2):
            assert plans.restore(environment_id=where, plan_id=price.plan_id).status == "active"
            assert plans.restore_price(environment_id=where, price_id=price.pk).status == "active"
        assert len(heard) == 2

    def test_is_refused_when_the_lookup_key_was_taken_meanwhile(self, environment: Environment) -> None:
        plan = PlanFactory(environment=environment, lookup_key="k")
        plans.archive(environment_id=environment.pk, plan_id=plan.pk)
        PlanFactory(environment=environment, lookup_key="k")
        with pytest.raises(Conflict):
            plans.restore(environment_id=environment.pk, plan_id=plan.pk)
