"""Money is conserved: what an account took and gave back is what FlexSync has of that connection."""

from collections import Counter
from collections.abc import Iterator
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


def losses(world: World) -> list[str]:
    """What is not conserved; [] when all is."""
    return [loss for account in world.accounts for loss in _of(world, account)]


def _of(world: World, account: Account) -> Iterator[str]:
    there, here = at_stripe(account), in_flexsync(account)
    if customer := world.customer_at(account):
        there["balance"] = account.stripe.v1.customers.retrieve(customer).balance
        here["balance"] = balance(world, account)
    # "|" of Counters would leave out what is negative, as credit is.
    for name in {**there, **here}:
        if there[name] != here[name]:
            yield f"{name}: {there[name]} at {account.label}, {here[name]} here"


def at_stripe(account: Account) -> Counter[str]:
    """What the account's charges, refunds and disputes say, in minor units."""
    charges = account.objects("charges")
    refunds = account.objects("refunds") if any(one.amount_refunded for one in charges) else []
    disputes = account.objects("disputes") if any(one.disputed for one in charges) else []
    return Counter(
        received=sum(one.amount_captured for one in charges if one.status == "succeeded"),
        refunded=sum(one.amount for one in refunds if one.status not in GONE),
        disputed=sum(one.amount for one in disputes if one.status in WITHDRAWN),
    )


def in_flexsync(account: Account) -> Counter[str]:
    """What the payments of the account's connection say, in minor units."""
    payments = Payment.objects.filter(connection_id=account.connection.pk, status__in=RECEIVED)
    moved = [one for one in payments if one.gateway_payment_id.startswith(THROUGH_STRIPE)]
    return Counter(
        received=sum(units(one.amount) for one in moved),
        refunded=sum(units(one.amount_refunded) for one in moved),
        disputed=sum(units(one.amount_disputed) for one in moved),
    )


def balance(world: World, account: Account) -> int:
    """The customer's balance at the account as FlexSync knows it, in minor units; credit is negative."""
    movements = BalanceTransaction.objects.filter(
        customer=world.customer, connection_id=account.connection.pk
    )
    last = movements.order_by("-position").values_list("ending_balance", flat=True).first()
    return units(last or Decimal(0))
