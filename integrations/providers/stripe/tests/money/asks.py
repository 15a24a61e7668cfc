"""Watches FlexSync's calls to Stripe: none may ask for more than is owed, nor beside another demand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import Gateway, Json
from integrations.providers.stripe.tests.gateways import wrapped_gateways
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.money.minor import units
from integrations.providers.stripe.tests.money.world import World

ADVANCING = ("invoices.create", "invoices.update", "invoices.finalize_invoice")
# Intents in these states take money without another word of FlexSync.
LIVE_INTENT = ("processing", "requires_action", "requires_capture", "requires_confirmation")


class WatchedGateway:
    """A gateway that tells the watch of each call right before it is made: all looks are committed then."""

    def __init__(self, gateway: Gateway, watch: "Watch", key: str) -> None:
        self._gateway, self._watch, self._key = gateway, watch, key

    def call(self, operation: str, params: Json, *, target: str | None = None, key: str = "") -> Json:
        """Makes the call, watched."""
        self._watch.before(self._key, operation, params, target or "")
        self._watch.meet(operation, "begins")
        try:
            return self._gateway.call(operation, params, target=target, key=key)
        finally:
            self._watch.meet(operation, "ends")

    def account(self) -> Any:
        """Passes the call on."""
        return self._gateway.account()


class Watch:
    """The calls that asked for money, and what was wrong with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0
        self._meet: Callable[[str, str], None] | None = None
        self.violations: list[str] = []

    def meet(self, operation: str, moment: str) -> None:
        """Lets happen what is to happen when the call begins or ends."""
        if self._meet is not None:
            self._meet(operation, moment)

    @contextmanager
    def meeting(self, meet: Callable[[str, str], None]) -> Iterator[None]:
        """Within the block ``meet`` is called when a call begins and ends.

        What happens at Stripe after a demand has looked there, nobody can rule out: it is no violation.
        """
        self._meet = meet
        yield
        self._meet = None

    def before(self, key: str, operation: str, params: Json, target: str) -> None:
        """Looks at a call: is it a demand, and is that much owed? What goes wrong here is told as well."""
        account = next((one for one in self.world.accounts if key == f"sk_test_{one.label}"), None)
        if account is None:
            return
        self.world.tell(f"  {operation} {target} at {account.label}")
        try:
            if is_demand(operation, params):
                self._judge(account, operation, params, target)
        except Exception as error:  # noqa: BLE001
            self.violations.append(f"{operation}: {error!r}")

    def _judge(self, account: Account, operation: str, params: Json, target: str) -> None:
        self.asked += 1
        owed = self._invoice(account, params, target)
        own = account.invoice(owed.pk)
        amount = asked_amount(operation, params, own)
        wrong = [*more_than_owed(owed, amount)]
        if self._meet is None:
            is_locked = operation.startswith("invoices.")
            wrong += [*more_than_asked(own, amount), *self._beside(account, own, owed, target, is_locked)]
        asks = f"{self.world.pair_of(owed)}{operation} of {amount}"
        self.violations += [f"{asks} although {what}" for what in wrong]

    def _beside(
        self, account: Account, own: Any, owed: Invoice, target: str, is_locked: bool
    ) -> Iterator[str]:
        """What else asks for the invoice, anywhere; ``own``: what the account of the demand has of it."""
        for other in self.world.accounts:
            found = own if other is account else other.invoice(owed.pk)
            is_other = found is not None and found.id != target
            if is_other and found.status == "open" and found.auto_advance:
                yield f"Stripe collected {found.id} automatically"
            yield from open_beside(other, owed, found, locked=is_locked and other is account)

    def _invoice(self, account: Account, params: Json, target: str) -> Invoice:
        """The invoice that the call is about: named in its metadata, or its target."""
        named = (params.get("metadata") or {}).get("flexprice_invoice_id")
        linked = account.row_of(Kind.INVOICE, target)
        for invoice in self.world.all_invoices():
            if invoice.pk in (named, linked):
                invoice.refresh_from_db()
                return invoice
        raise LookupError("a demand for no invoice")


def more_than_owed(invoice: Invoice, amount: int) -> Iterator[str]:
    """Whether less is owed, by what FlexSync knows."""
    remaining = units(invoice.amount_remaining)
    if amount > remaining:
        yield f"{remaining} were owed by the last committed look ({invoice.status})"


def more_than_asked(there: Any, amount: int) -> Iterator[str]:
    """Whether Stripe asked for less."""
    if there is not None and there.status != "draft" and amount > remaining_of(there):
        yield f"Stripe asked {remaining_of(there)} ({there.status}): nobody had looked"


def open_beside(account: Account, invoice: Invoice, there: Any, *, locked: bool) -> Iterator[str]:
    """Pages that are open and intents that are under way for the invoice at one account.

    ``locked``: Stripe's own lock lets only one of those through that pay its invoice, and the demand is one.
    A page whose response was lost is left out: no customer has its address (docs/reliability.md).
    """
    known = set(invoice.payments.exclude(gateway_session_id="").values_list("gateway_session_id", flat=True))
    for session in account.objects("checkout.sessions") if known else []:
        if session.status == "open" and session.id in known:
            yield f"{session.id} was open"
    under_way = [one for one in account.objects("payment_intents") if one.status in LIVE_INTENT]
    of_invoice = intents_of(account, there) if under_way and there is not None else set[str]()
    for intent in under_way:
        if intent.id in of_invoice:
            # The challenge of an invoice's own intent goes on as long as the invoice is open: it is its page.
            is_beside = not locked and (intent.status != "requires_action" or named_in(intent) == invoice.pk)
        else:
            is_beside = named_in(intent) == invoice.pk
        if is_beside:
            yield f"{intent.id} was {intent.status}"


def named_in(intent: Any) -> str:
    """The invoice that an intent's metadata names."""
    return str(intent.metadata.to_dict().get("flexprice_invoice_id", ""))


def intents_of(account: Account, there: Any) -> set[str]:
    """The intents that pay Stripe's invoice: its lock lets only one of them through."""
    return {
        one.payment.payment_intent
        for one in account.objects("invoice_payments", invoice=there.id)
        if one.payment.type == "payment_intent"
    }


def is_demand(operation: str, params: Json) -> bool:
    """Whether the call asks for money."""
    return bool(
        (operation == "checkout.sessions.create" and params.get("mode") == "payment")
        or (operation == "payment_intents.create" and params.get("confirm"))
        or (operation in ADVANCING and params.get("auto_advance"))
        or (operation == "invoices.pay" and not params.get("paid_out_of_band"))
        or operation in ("payment_intents.confirm", "invoices.send_invoice")
    )


def asked_amount(operation: str, params: Json, there: Any) -> int:
    """How much the demand asks for, in minor units."""
    if operation == "checkout.sessions.create":
        lines = params["line_items"]
        return sum(int(line["quantity"]) * int(line["price_data"]["unit_amount"]) for line in lines)
    if operation == "payment_intents.create":
        return int(params["amount"])
    # What Stripe adds of the customer's balance is known when the invoice is final.
    return int(there.total) if there.status == "draft" else remaining_of(there)


def remaining_of(invoice: Any) -> int:
    """What Stripe still asks for, in minor units."""
    return int(invoice.amount_remaining) if invoice.status in ("open", "uncollectible", "draft") else 0


@contextmanager
def watched(world: World) -> Iterator[Watch]:
    """Within the block all calls of FlexSync are watched."""
    watch = Watch(world)

    def watch_it(gateway: Gateway, credentials: Json) -> Gateway:
        return WatchedGateway(gateway, watch, str(credentials["secret_key"]))

    with wrapped_gateways(watch_it):
        yield watch
