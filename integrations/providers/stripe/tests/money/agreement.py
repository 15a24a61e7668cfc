"""At rest both sides agree to the unit; what was paid beyond what is owed is shown."""

from collections.abc import Iterator
from decimal import Decimal

from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.money.asks import remaining_of
from integrations.providers.stripe.tests.money.minor import units
from integrations.providers.stripe.tests.money.world import World

# What Stripe's invoice may be, by what FlexSync's is. A void one may have been paid before Stripe heard of
# it: then all of that is too much.
SAME = {
    "finalized": ("open", "paid"),
    "uncollectible": ("uncollectible", "paid"),
    "voided": ("void", "draft", "paid"),
}


def disagreements(world: World) -> list[str]:
    """How invoices differ between the two sides; [] when they agree."""
    return [f"{world.pair_of(one)}{what}" for one in world.all_invoices() for what in _of(world, one)]


def _of(world: World, invoice: Invoice) -> Iterator[str]:
    invoice.refresh_from_db()
    for account in world.accounts:
        yield from _of_invoice(invoice, account)
    yield from _of_excess(invoice)


def excess(invoice: Invoice) -> Decimal:
    """How much more was received and kept than is owed, in major units."""
    due = Decimal(0) if invoice.status == "voided" else invoice.amount_due
    return max(sum(map(kept_of, invoice.payments.all()), -due), Decimal(0))


def kept_of(payment: Payment) -> Decimal:
    """What is left of a payment."""
    if payment.status not in RECEIVED:
        return Decimal(0)
    return payment.amount - payment.amount_refunded - payment.amount_disputed


def _of_invoice(invoice: Invoice, account: Account) -> Iterator[str]:
    found, mirror = account.invoice(invoice.pk), is_mirror(invoice, account)
    if found is None or (mirror and found.status in ("draft", "void")):
        return
    if found.status not in SAME[invoice.status]:
        yield f"{invoice.status} here, {found.status} at {account.label}"
    if units(invoice.amount_remaining) != remaining_of(found):
        yield f"{units(invoice.amount_remaining)} remain here, {remaining_of(found)} at {account.label}"
    # At a mirror's account the customer has another balance.
    if not mirror and invoice.status != "voided" and units(invoice.amount_due) != found.amount_due:
        yield f"{units(invoice.amount_due)} are due here, {found.amount_due} at {account.label}"


def is_mirror(invoice: Invoice, account: Account) -> bool:
    """Whether another connection collects the invoice."""
    return invoice.connection_id not in ("", account.connection.pk)


def _of_excess(invoice: Invoice) -> Iterator[str]:
    too_much, shown = excess(invoice), invoice.payment_status == "overpaid"
    if too_much and not shown:
        yield f"{too_much} were paid too much, and {invoice.payment_status!r} is shown"
    if shown and not too_much:
        yield "overpaid is shown, and nothing was paid too much"
