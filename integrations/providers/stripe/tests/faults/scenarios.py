"""What FlexSync tells Stripe: how each thing begins, and what must be true of both sides when it is over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from billing.services.customers import customers
from billing.services.invoices import invoices
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.faults.world import World

TOTAL = 5400
ABSENT: Callable[[World], Any] = lambda _world: None


@dataclass(frozen=True)
class Scenario:
    """``before`` happens without trouble; ``act`` asks for the push; ``holds``(world, what act gave) is the end.

    With ``asks`` no worker does it but a person who waits: once while things go wrong, and again after that.
    """

    name: str
    act: Callable[[World, Any], Any]
    holds: Callable[[World, Any], None]
    before: Callable[[World], Any] = ABSENT
    asks: Callable[[World, Any], None] | None = None


def a_customer(world: World, _before: Any = None) -> Any:
    return builders.customer(world.environment)


def customer_is_there(world: World, ours: Any) -> None:
    there = world.only("customers")
    assert (there.id, there.name, there.email) == (world.twin(ours.pk), "Ada Lovelace", "ada@example.com")


def another_address(world: World, ours: Any) -> Any:
    customers.update(
        environment_id=world.environment.pk, customer_id=ours.pk, changes={"email": "new@example.com"}
    )
    return ours


def address_has_changed(world: World, ours: Any) -> None:
    there = world.only("customers")
    assert (there.id, there.email) == (world.twin(ours.pk), "new@example.com")


def an_invoice(world: World, _before: Any = None) -> Any:
    return builders.invoice(builders.customer(world.environment))


def invoice_is(status: str) -> Callable[[World, Any], None]:
    def holds(world: World, ours: Any) -> None:
        world.only("customers")
        there = world.only("invoices")
        assert (there.id, there.status, there.total) == (world.twin(ours.pk), status, TOTAL)
        assert len(there.lines.data) == 3
        ours.refresh_from_db()
        assert ours.hosted_invoice_url == there.hosted_invoice_url

    return holds


def ended(how: str) -> Callable[[World, Any], Any]:
    def act(world: World, ours: Any) -> Any:
        end = getattr(invoices, how)
        end(environment_id=world.environment.pk, invoice_id=ours.pk, now=timezone.now())
        return ours

    return act


SCENARIOS = [
    Scenario("customer created", a_customer, customer_is_there),
    Scenario("customer changed", another_address, address_has_changed, before=a_customer),
    Scenario("invoice finalized", an_invoice, invoice_is("open")),
    Scenario("invoice voided", ended("void"), invoice_is("void"), before=an_invoice),
    Scenario("invoice given up", ended("mark_uncollectible"), invoice_is("uncollectible"), before=an_invoice),
]
