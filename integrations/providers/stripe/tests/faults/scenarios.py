"""What FlexSync pushes to Stripe: how each scenario begins, and what must hold on both sides in the end."""

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
    """``before`` is without faults; ``act`` stages the push; ``holds``(world, act's result) checks the end.

    ``request``: the call of a person who waits, instead of a worker: once with faults, and again without.
    """

    name: str
    act: Callable[[World, Any], Any]
    holds: Callable[[World, Any], None]
    before: Callable[[World], Any] = ABSENT
    request: Callable[[World, Any], None] | None = None


def a_customer(world: World, _before: Any = None) -> Any:
    return builders.customer(world.environment)


def customer_is_at_stripe(world: World, local: Any) -> None:
    remote = world.only("customers")
    assert (remote.id, remote.name, remote.email) == (
        world.stripe_id_of(local.pk),
        "Ada Lovelace",
        "ada@example.com",
    )


def another_address(world: World, local: Any) -> Any:
    customers.update(
        environment_id=world.environment.pk, customer_id=local.pk, changes={"email": "new@example.com"}
    )
    return local


def address_has_changed(world: World, local: Any) -> None:
    remote = world.only("customers")
    assert (remote.id, remote.email) == (world.stripe_id_of(local.pk), "new@example.com")


def an_invoice(world: World, _before: Any = None) -> Any:
    return builders.invoice(builders.customer(world.environment))


def invoice_is(status: str) -> Callable[[World, Any], None]:
    def holds(world: World, local: Any) -> None:
        world.only("customers")
        remote = world.only("invoices")
        assert (remote.id, remote.status, remote.total) == (world.stripe_id_of(local.pk), status, TOTAL)
        assert len(remote.lines.data) == 3
        local.refresh_from_db()
        assert local.hosted_invoice_url == remote.hosted_invoice_url

    return holds


def ended(how: str) -> Callable[[World, Any], Any]:
    def act(world: World, local: Any) -> Any:
        end = getattr(invoices, how)
        end(environment_id=world.environment.pk, invoice_id=local.pk, now=timezone.now())
        return local

    return act


SCENARIOS = [
    Scenario("customer created", a_customer, customer_is_at_stripe),
    Scenario("customer changed", another_address, address_has_changed, before=a_customer),
    Scenario("invoice finalized", an_invoice, invoice_is("open")),
    Scenario("invoice voided", ended("void"), invoice_is("void"), before=an_invoice),
    Scenario(
        "invoice uncollectible", ended("mark_uncollectible"), invoice_is("uncollectible"), before=an_invoice
    ),
]
