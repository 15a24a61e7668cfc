"""Asks the connection that is to collect an invoice what it cannot take, before the invoice is final."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from billing.errors import Code, Conflict
from billing.facts import InvoiceFacts, LineFacts
from billing.models import Invoice
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry


def accept(invoice: Invoice, facts: InvoiceFacts) -> Sequence[LineFacts]:
    """The draft's lines, rounded where its connection does that; raises Conflict for what it cannot take."""
    for connection in _collecting(invoice):
        found = registry.providers().get(connection.provider)
        if found is None or found.invoice_limits is None:
            continue
        if connection.rounds_three_decimals:
            lines = (found.invoice_limits.rounded_line(line, facts.currency) for line in facts.lines)
            facts = replace(facts, lines=tuple(lines))
        if problems := found.invoice_limits.problems(facts):
            raise _refusal(f"{found.label} ({connection.name})", invoice, problems)
    return facts.lines


def _collecting(invoice: Invoice) -> list[Connection]:
    found = Connection.objects.filter(
        environment_id=invoice.environment_id, invoice_outbound_enabled=True
    ).exclude(status=ConnectionStatus.ARCHIVED)
    return list(found.order_by("pk"))


def _refusal(who: str, invoice: Invoice, problems: Mapping[str, str]) -> Conflict:
    reasons = " ".join(f"{field}: {problem}" for field, problem in problems.items())
    return Conflict(
        f"{who} cannot take the invoice {invoice.pk} as it is. It is still a draft: change it, then finalize it."
        f" {reasons}",
        code=Code.INVOICE_NOT_ACCEPTED,
        details=problems,
    )
