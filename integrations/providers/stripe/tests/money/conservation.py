"""Money is conserved: what an account took and gave back is what FlexSync has of that connection."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from billing.models import BalanceTransaction, Payment
from billing.models.payments import RECEIVED
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.money.minor import units
from integrations.providers.stripe.tests.money.world import World

GONE = ("failed", "canceled")
# Money that is away while the dispute goes on, and when it is lost; an inquiry takes none.
WITHDRAWN = ("needs_response", "under_review", "lost")
THROUGH_STRIPE = ("pi_", "ch_", "py_")

ByCustomer = defaultdict[str, Counter[str]]


def losses(world: World) -> list[str]:
    """What is not conserved; [] when all is."""
    return [loss for account in world.accounts for loss in _of(world, account)]


def _of(world: World, account: Account) -> Iterator[str]:
    customers = {one.customer.pk: one.customer_at(account) for one in world.everyone}
    there, here = at_stripe(account), in_flexsync(account, customers)
    yield from _differences(account.label, _total(there), _total(here))
    for one in world.everyone:
        if customer := customers[one.customer.pk]:
            where = f"{account.label} ({one.name_of_pair})"
            balances = account.stripe.v1.customers.retrieve(customer).balance, balance(one, account)
            yield from _differences(where, *({"balance": found} for found in balances))
            # Of several, none has what another one lacks.
            if len(customers) > 1:
                yield from _differences(where, there[customer], here[customer])


def _differences(where: str, there: Mapping[str, int], here: Mapping[str, int]) -> Iterator[str]:
    for name in {**there, **here}:
        if there.get(name, 0) != here.get(name, 0):
            yield f"{name}: {there.get(name, 0)} at {where}, {here.get(name, 0)} here"


def _total(by_customer: ByCustomer) -> Counter[str]:
    return sum(by_customer.values(), Counter())


def at_stripe(account: Account) -> ByCustomer:
    """What the account's charges, refunds and disputes say, in minor units, by Stripe's customer."""
    found: ByCustomer = defaultdict(Counter)
    charges = account.objects("charges")
    customer_of = {one.id: one.customer or "" for one in charges}
    for one in charges:
        if one.status == "succeeded":
            found[customer_of[one.id]]["received"] += one.amount_captured
    for one in account.objects("refunds") if any(one.amount_refunded for one in charges) else []:
        if one.status not in GONE:
            found[customer_of.get(one.charge, "")]["refunded"] += one.amount
    for one in account.objects("disputes") if any(one.disputed for one in charges) else []:
        if one.status in WITHDRAWN:
            found[customer_of.get(one.charge, "")]["disputed"] += one.amount
    return found


def in_flexsync(account: Account, customers: Mapping[str, str]) -> ByCustomer:
    """What the payments of the account's connection say, in minor units, by Stripe's customer.

    ``customers``: Stripe's ids of FlexSync's.
    """
    found: ByCustomer = defaultdict(Counter)
    for one in Payment.objects.filter(connection_id=account.connection.pk, status__in=RECEIVED):
        if one.gateway_payment_id.startswith(THROUGH_STRIPE):
            found[customers.get(one.customer_id or "", "")] += Counter(
                received=units(one.amount),
                refunded=units(one.amount_refunded),
                disputed=units(one.amount_disputed),
            )
    return found


def balance(world: World, account: Account) -> int:
    """The customer's balance at the account as FlexSync knows it, in minor units; credit is negative."""
    movements = BalanceTransaction.objects.filter(
        customer=world.customer, connection_id=account.connection.pk
    )
    last = movements.order_by("-position").values_list("ending_balance", flat=True).first()
    return units(last or Decimal(0))
