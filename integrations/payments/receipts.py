"""What recording money that came outside any gateway would do, here and at the provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Invoice
from billing.services.payments import payments
from integrations.db.rollback import rolled_back
from integrations.outbox import dry_run
from integrations.outbox.dry_run import PlannedCall
from integrations.payments.credit_notes import connection_of


@dataclass(frozen=True)
class Receipt:
    """``invoice``: as it would be afterwards; ``calls``: those to the provider that has it."""

    invoice: Invoice
    calls: Sequence[PlannedCall]


def plan(*, environment_id: str, facts: PaymentFacts, received_at: datetime | None, now: datetime) -> Receipt:
    """Makes no call and stores nothing. Raises as ``payments.create``, and Rejected as a push does."""
    arguments: dict[str, Any] = {"environment_id": environment_id, "facts": facts}
    with rolled_back():
        payment = payments.create(**arguments, received_at=received_at, now=now)
        connection = connection_of(environment_id, str(facts.invoice_id))
        calls = dry_run.plan(connection, Kind.PAYMENT, payment.pk) if connection else []
        return Receipt(Invoice.objects.get(pk=facts.invoice_id), calls)
