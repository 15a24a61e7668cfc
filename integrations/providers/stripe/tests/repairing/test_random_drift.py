"""Whatever was lost on both sides: after two passes of repairs nothing differs, and nothing is doubled."""

import os
from collections import Counter
from itertools import count
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.models import Customer, Plan
from billing.models.subscriptions import SubscriptionItem
from integrations.models import Connection, EntityMapping, Finding, FindingRepair
from integrations.models.findings import Suggestion
from integrations.models.mappings import GoneChoice
from integrations.providers.stripe.tests.histories.acts import AMOUNTS, NUMBERS, PAUSES, WORDS, Acts, having
from integrations.providers.stripe.tests.histories.delivery import deliver
from integrations.providers.stripe.tests.histories.shop import Shop
from integrations.providers.stripe.tests.histories.test_any_order import connect
from integrations.providers.stripe.tests.random_histories import play
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.comparing import runs, work
from integrations.reconcile.repairing import accepting, bulk
from integrations.reconcile.repairing.accepting import Acceptance

# `make nightly` tries 1,000, with another seed each night.
EXAMPLES = int(os.environ.get("DRIFT_HISTORIES", "10"))
SEED = int(os.environ.get("HISTORY_SEED", "1"))
LENGTHS = (6, 15)
MADE = ("customers", "products", "prices", "subscriptions", "invoices", "payment_intents", "refunds")
OWNERS = ("customer_owner", "plan_owner", "subscription_owner", "invoice_owner")
labels, names = count(1), count(1)


class Drift(Acts):
    """A history of which only a part of the webhooks comes, and of edits here that nobody is told of."""

    simulator: Any

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(self.simulator, f"drift{next(labels)}")
        self.connection: Connection = connect(self.shop)
        self.seen: set[str] = set()
        self.only_here = 0
        # Where both sides have changed a field, a rule says whose value stays.
        for number, name in enumerate(OWNERS):
            setattr(self.connection, name, ("provider", "flexsync")[number % 2])
        self.connection.save()

    # Of the same name they would wait for a person who links them (test_twins.py, test_belongings.py).
    @rule(amount=AMOUNTS, pause=PAUSES)
    def plan_appears(self, amount: int, pause: int) -> None:
        super().plan_appears(amount, f"Plan {next(names)}", pause)

    @precondition(lambda self: self.shop.objects("products"))
    @rule(number=NUMBERS, active=st.booleans(), pause=PAUSES)
    def plan_changes(self, number: int, active: bool, pause: int) -> None:
        super().plan_changes(number, f"Plan {next(names)}", active, pause)

    @having("prices")
    @rule(number=NUMBERS, is_owed=st.booleans())
    def product_vanishes_with_its_family(self, number: int, is_owed: bool) -> None:
        """With its prices and the subscriptions to them, and (``is_owed``) with their customers and money."""
        product = self.shop.pick("products", number)
        prices = [one.id for one in self.shop.objects("prices") if one.product == product]
        subscribed = [one for one in self.shop.objects("subscriptions") if _price_of(one) in prices]
        gone = {product, *prices, *(one.id for one in subscribed)}
        if is_owed and subscribed:
            self._send_invoices(subscribed)
            owners = {one.customer for one in subscribed}
            gone |= owners | {
                one.id
                for resource in ("subscriptions", "invoices", "payment_intents")
                for one in self.shop.objects(resource)
                if one.customer in owners
            }
            self.customer_comes("Late", 0)
        for one in sorted(gone):
            self.shop.vanish(one)

    def _send_invoices(self, subscribed: Any) -> None:
        """Without a saved card no other subscription could be made that charges one."""
        running = [one.id for one in subscribed if one.status != "canceled"]
        for one in running:
            params = {"collection_method": "send_invoice", "days_until_due": 30}
            self.shop.client.v1.subscriptions.update(one, params)
        self.webhooks_come(0.0)

    @rule(loss=st.sampled_from([0.0, 0.3, 0.8]))
    def webhooks_come(self, loss: float) -> None:
        new = [event for event in self.shop.events() if event["id"] not in self.seen]
        self.seen.update(event["id"] for event in new)
        chance = Random(len(self.seen))
        deliver(self.connection, [event for event in new if chance.random() >= loss])

    @rule(number=NUMBERS, phone=st.sampled_from(["1", "22", ""]), name=WORDS)
    def customer_changes_here(self, number: int, phone: str, name: str) -> None:
        self._change(Customer, number, name=f"{name} {next(names)}", phone=phone)

    @rule(number=NUMBERS, text=WORDS)
    def plan_changes_here(self, number: int, text: str) -> None:
        self._change(Plan, number, description=text)

    @rule(number=NUMBERS, quantity=st.integers(1, 9))
    def quantity_changes_here(self, number: int, quantity: int) -> None:
        items = SubscriptionItem.objects.filter(subscription__environment=self.connection.environment_id)
        if found := list(items.exclude(subscription__status="cancelled").order_by("pk")):
            items.filter(pk=found[number % len(found)].pk).update(quantity=quantity)

    @precondition(lambda self: self.only_here < 2)
    @rule()
    def customer_comes_here_only(self) -> None:
        self.only_here += 1
        environment = self.connection.environment
        Customer.objects.create(environment=environment, name=f"Only here {self.only_here}")

    def _change(self, model: Any, number: int, **values: Any) -> None:
        rows = model.objects.filter(environment=self.connection.environment_id, status="active")
        if found := list(rows.order_by("pk")):
            rows.filter(pk=found[number % len(found)].pk).update(**values)

    def teardown(self) -> None:
        before = self._made()
        for _ in range(2):
            if not self._findings():
                break
            bulk.ask(self._open(), bulk.SUGGESTED, by="ada")
            to_accept = self._open().filter(suggested=Suggestion.ACCEPT).values_list("pk", flat=True)
            accepting.accept(list(to_accept), Acceptance("ada", "As suggested.", None, timezone.now()))
            carry_out_all()
        assert [_told(one) for one in self._findings()] == []
        before["customers"] += self.only_here
        assert self._made() == before + self._made_anew()

    def _made_anew(self) -> Counter[str]:
        """What repairs have made in the place of what had vanished: a subscription begins with an invoice."""
        anew = EntityMapping.objects.filter(connection=self.connection, gone_choice=GoneChoice.CREATE_ANEW)
        kinds = Counter(anew.values_list("entity_type", flat=True))
        made = Counter({f"{kind}s": number for kind, number in kinds.items()})
        return made + Counter(products=made.pop("plans", 0), invoices=made["subscriptions"])

    def _findings(self) -> list[Finding]:
        run = runs.start(self.connection, started_by="test", here=True)
        while work.work(run.pk, seconds=600):
            pass
        run.refresh_from_db()
        assert run.state == "done", run.reason
        return list(self._open())

    def _open(self) -> Any:
        return Finding.objects.filter(connection=self.connection, state="open")

    def _made(self) -> Counter[str]:
        return Counter({resource: len(self.shop.objects(resource)) for resource in MADE})


def _price_of(subscription: Any) -> str:
    return str(subscription["items"].data[0].price.id)


def _told(finding: Finding) -> Any:
    repair = FindingRepair.objects.filter(finding=finding).first()
    values = finding.ours, finding.theirs, finding.suggested, finding.why
    return str(finding), finding.entity_type, *values, repair and (repair.state, repair.reason)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", LENGTHS)
def test_drift_goes_to_nothing(simulator: Any, length: int) -> None:
    machine = type("History", (Drift,), {"simulator": simulator})
    play(machine, examples=EXAMPLES // len(LENGTHS), length=length, seed_of=f"{SEED}-drift-{length}")
