"""Watches FlexSync's calls to Stripe: none may ask for more than is owed, nor beside another demand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import Gateway, Json, registry
from integrations.providers.stripe.provider import PROVIDER
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.money.minor import units
from integrations.providers.stripe.tests.money.world import World

# Intents in these states take money without another word of FlexSync.
LIVE_INTENT = ("processing", "requires_action", "requires_capture", "requires_confirmation")


class WatchedGateway:
    """A gateway that tells the watch of each call right before it is made: all looks are committed then."""

    def __init__(self, gateway: Gateway, watch: "Watch", key: str) -> None:
        self._gateway, self._watch, self._key = gateway, watch, key

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes the call, watched."""
        self._watch.before(self._key, operation, params, target or "")
        return self._gateway.call(operation, params, target=target, key=key)

    def account(self) -> Any:
        """Passes the call on."""
        return self._gateway.account()


class Watch:
    """The calls that asked for money, and what was wrong with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0
        self.violations: list[str] = []

    def before(self, key: str, operation: str, params: Json, target: str) -> None:
        """Looks at a call: is it a demand, and is that much owed? What goes wrong here is told as well."""
        account = next((one for one in self.world.accounts if key == f"sk_test_{one.label}"), None)
        if account is None:
            return
        self.world.tell(f"  {operation} {target} at {account.label}")
        try:
            amount = asked_amount(account, operation, params, target)
            if amount is not None:
                self.asked += 1
                invoice = self._invoice(account, params, target)
                wrong = [*too_much(account, invoice, amount), *self._beside(account, invoice, operation)]
                self.violations += [f"{operation} of {amount} although {what}" for what in wrong]
        except Exception as error:  # noqa: BLE001
            self.violations.append(f"{operation}: {error!r}")

    def _invoice(self, account: Account, params: Json, target: str) -> Invoice:
        """The invoice that the call is about: named in its metadata, or its target."""
        named = (params.get("metadata") or {}).get("flexprice_invoice_id")
        for invoice in self.world.invoices:
            if invoice.pk == named or target == account.id_of(Kind.INVOICE, invoice.pk):
                invoice.refresh_from_db()
                return invoice
        raise LookupError("a demand for no invoice")

    def _beside(self, account: Account, invoice: Invoice, operation: str) -> Iterator[str]:
        """Other demands for the invoice that were open at the same moment."""
        own = account.id_of(Kind.INVOICE, invoice.pk)
        locked = intents_of(account, own) if operation.startswith("invoices.") else set()
        for other in self.world.accounts:
            there = other.id_of(Kind.INVOICE, invoice.pk)
            yield from collects(other, there, but=own if operation.startswith("invoices.") else "")
            for session in other.objects("checkout.sessions"):
                if session.status == "open" and session.metadata["flexprice_invoice_id"] == invoice.pk:
                    yield f"the page {session.id} was open"
            ours = intents_of(other, there) - locked if there else set()
            for intent in other.objects("payment_intents"):
                is_for_it = intent.id in ours or named_in(intent) == invoice.pk
                if intent.status in LIVE_INTENT and is_for_it and intent.id not in locked:
                    yield f"{intent.id} was {intent.status}"


def too_much(account: Account, invoice: Invoice, amount: int) -> Iterator[str]:
    """Why less is owed."""
    remaining = units(invoice.amount_remaining)
    if amount > remaining:
        yield f"{remaining} were owed by the last committed look ({invoice.status})"
    there = account.id_of(Kind.INVOICE, invoice.pk)
    found = account.stripe.v1.invoices.retrieve(there) if there else None
    if found is not None and found.status != "draft" and amount > remaining_of(found):
        yield f"Stripe asked {remaining_of(found)} ({found.status}): nobody had looked"


def collects(account: Account, there: str, *, but: str) -> Iterator[str]:
    """Whether Stripe collects its invoice ``there`` by itself, unless the demand is that very one."""
    invoice = account.stripe.v1.invoices.retrieve(there) if there and there != but else None
    if invoice is not None and invoice.status == "open" and invoice.auto_advance:
        yield f"Stripe collected {there} automatically"


def named_in(intent: Any) -> str:
    """The invoice that an intent's metadata names."""
    return str(intent.metadata.to_dict().get("flexprice_invoice_id", ""))


def intents_of(account: Account, invoice: str) -> set[str]:
    """The intents that pay Stripe's invoice: its lock lets only one of them through."""
    return {
        one.payment.payment_intent
        for one in account.objects("invoice_payments", invoice=invoice)
        if one.payment.type == "payment_intent"
    }


def asked_amount(account: Account, operation: str, params: Json, target: str) -> int | None:
    """How much the call asks for, in minor units; None for one that asks for nothing."""
    if operation == "checkout.sessions.create" and params.get("mode") == "payment":
        lines = params["line_items"]
        return sum(int(line["quantity"]) * int(line["price_data"]["unit_amount"]) for line in lines)
    if operation == "payment_intents.create" and params.get("confirm"):
        return int(params["amount"])
    if operation == "invoices.finalize_invoice" and params.get("auto_advance"):
        return int(account.stripe.v1.invoices.retrieve(target).total)
    is_pay = operation == "invoices.pay" and not params.get("paid_out_of_band")
    if is_pay or (operation == "invoices.update" and params.get("auto_advance")):
        return remaining_of(account.stripe.v1.invoices.retrieve(target))
    return None


def remaining_of(invoice: Any) -> int:
    """What Stripe still asks for, in minor units."""
    return int(invoice.amount_remaining) if invoice.status in ("open", "uncollectible", "draft") else 0


@contextmanager
def watched(world: World) -> Iterator[Watch]:
    """Within the block all calls of FlexSync are watched."""
    watch = Watch(world)

    def opened(credentials: Json) -> Gateway:
        assert PROVIDER.open_gateway
        return WatchedGateway(PROVIDER.open_gateway(credentials), watch, str(credentials["secret_key"]))

    registry.add(replace(PROVIDER, open_gateway=opened))
    try:
        yield watch
    finally:
        registry.add(PROVIDER)
