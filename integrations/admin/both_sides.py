"""What an action with money would do to both sides, as its page shows it before it is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing import money
from billing.admin.columns import in_words
from billing.models import Invoice, Payment
from integrations.admin import provider_links, step_words
from integrations.outbox.dry_run import PlannedCall

_AMOUNTS = ("amount_due", "amount_paid", "amount_remaining", "amount_refunded")


@dataclass(frozen=True)
class Effect:
    """What changes here, before and after, as people read it."""

    what: str
    before: str
    after: str


def of_refund(payment: Payment, amount: Decimal, left: Decimal) -> list[Effect]:
    """Of ``amount`` of the payment (major units), of which ``left`` can be refunded."""

    def effect(what: str, before: Decimal, change: Decimal) -> Effect:
        return Effect(
            what, *(money.with_currency(one, payment.currency) for one in (before, before + change))
        )

    found = [
        effect("Refunded of the payment", payment.amount_refunded, amount),
        effect("Left to refund", left, -amount),
    ]
    invoice = payment.invoice
    return [*found, effect(f"Refunded of {invoice}", invoice.amount_refunded, amount)] if invoice else found


def of_invoice(before: Invoice, after: Invoice) -> list[Effect]:
    """What of the invoice is another afterwards."""

    def shown(invoice: Invoice, name: str) -> str:
        return money.with_currency(getattr(invoice, name), invoice.currency)

    changed = [name for name in _AMOUNTS if getattr(before, name) != getattr(after, name)]
    found = [Effect(in_words(name), shown(before, name), shown(after, name)) for name in changed]
    states = [in_words(one.payment_status) for one in (before, after)]
    return found if states[0] == states[1] else [*found, Effect("Payment status", *states)]


def context(provider: str, effects: Iterable[Effect], calls: Sequence[PlannedCall]) -> dict[str, Any]:
    """For templates; ``provider``: its slug, "" where none has it."""
    made = [(step_words.in_words(call.step), call) for call in calls if not call.skipped]
    label = provider_links.label(provider) if provider else ""
    return {"both_sides": {"here": list(effects), "calls": made, "provider": label}}
