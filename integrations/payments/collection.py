"""Answers billing for the connections: who collects an invoice, and what that one cannot take."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils import timezone

from billing import money
from billing.errors import Code, Conflict, Invalid, Unavailable
from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from billing.models.payments import RECEIVED, PaymentState
from billing.services.collectors import Accepted
from billing.services.invoices import collector
from integrations.connections import names
from integrations.connections.collectors import asking_elsewhere, collector_of
from integrations.connections.selection import choose
from integrations.errors import Recovering
from integrations.models import Connection, EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.payments import amounts, looks
from integrations.provider_api import ASKS, WHOLE_ONLY, registry

_IN_USE = [one for one in ConnectionStatus if one != ConnectionStatus.ARCHIVED]
COLLECTED_ELSEWHERE = "collected_elsewhere"


class ConnectionsCollect:
    """billing.services.collectors.Collectors, by the connections of the invoice's environment."""

    def check(self, environment_id: str, connection_id: str) -> None:
        """Raises Invalid unless the environment has that connection."""
        found = Connection.objects.filter(pk=connection_id, environment_id=environment_id)
        if connection_id and not found.exclude(status=ConnectionStatus.ARCHIVED).exists():
            raise Invalid.of({"connection_id": f"There is no connection {connection_id}."})

    def accept(self, invoice: Invoice, facts: InvoiceFacts) -> Accepted:
        """The draft for its collector; raises Conflict when several would collect it, or it is not taken.

        Raises Unavailable while a connection recovers.
        """
        _refuse_recovering(invoice)
        connection = collector_of(invoice)
        # One to which invoices are not sent collects those that a person sends there.
        if connection is None or not connection.invoice_outbound_enabled:
            return Accepted(facts.lines, facts.connection_id)
        limits = registry.provider(connection.provider).invoice_limits
        if limits is not None and connection.rounds_three_decimals:
            lines = (limits.rounded_line(line, facts.currency) for line in facts.lines)
            facts = replace(facts, lines=tuple(lines))
        if limits is not None and (problems := limits.problems(facts)):
            raise _refusal(connection, invoice, problems)
        return Accepted(facts.lines, connection.pk)

    def look(self, environment_id: str, invoice_id: str, started_by: str) -> None:
        """Applies what is true of the invoice at its providers now."""
        looks.look(environment_id, invoice_id, started_by=started_by, now=timezone.now())

    def is_sending(self, invoice_id: str) -> bool:
        """Whether a worker has a push of it."""
        return looks.sending(invoice_id).exists()

    def take_payment(self, invoice: Invoice, amount: Decimal) -> None:
        """Raises Conflict for a part where the counterpart of the invoice says so, or Invalid."""
        connection = Connection.objects.filter(pk=invoice.connection_id, status__in=_IN_USE).first()
        if connection is not None:
            amounts.check(connection, invoice.currency, {"amount": amount})
        if amount < invoice.amount_remaining:
            self._take_part(invoice)

    def _take_part(self, invoice: Invoice) -> None:
        whole_only = EntityMapping.objects.filter(
            entity_type=Kind.INVOICE, entity_id=invoice.pk, metadata__contains={WHOLE_ONLY: True}
        )
        found = whole_only.filter(connection__status__in=_IN_USE).select_related("connection").first()
        if found is not None:
            remains = money.with_currency(invoice.amount_remaining, invoice.currency)
            raise Conflict(
                f"{found.connection} counts no part payment of the invoice {invoice.pk}, and would go on asking for"
                f" {remains}: its subscription is charged automatically. Nothing was recorded. Record the payment once all"
                f" of the {remains} has come, or, if the rest is given up, issue a credit note for the rest first. Until then it"
                " can be recorded without the invoice.",
                code=Code.PART_NOT_COUNTED,
                details={"amount": f"Send {remains}, all that remains."},
            )

    def release(self, invoice: Invoice, to: str) -> None:
        """Raises Conflict when a part was paid, so that its collector cannot close the rest any more, or when
        it has ended where it is to go.
        """
        if invoice.connection_id and not invoice.amount_remaining:
            raise Conflict(
                f"Nothing remains to be paid of the invoice {invoice.pk}: it stays where it was settled.",
                code=Code.INVOICE_PAID,
            )
        _refuse_ended(invoice, to)
        if not invoice.connection_id:
            return
        through_it = invoice.payments.filter(connection_id=invoice.connection_id)
        asked = EntityMapping.objects.filter(
            connection_id=invoice.connection_id, entity_id=invoice.pk, metadata__contains={ASKS: True}
        )
        if through_it.filter(status__in=RECEIVED).exists() or (invoice.amount_paid and asked.exists()):
            raise Conflict(
                f"A part of the invoice {invoice.pk} is paid, and what is open at {invoice.connection_id} cannot be closed"
                " any more. Collect the rest there, or credit it and make another invoice.",
                code=Code.INVOICE_PAID,
            )
        if invoice.credited:
            raise Conflict(
                f"Credit notes of the invoice {invoice.pk} are at {invoice.connection_id}, and would not lower what another"
                " connection asks for. Collect the rest there, or void the credit notes first.",
                code=Code.INVOICE_CREDITED,
            )
        if through_it.filter(status=PaymentState.PROCESSING).exists():
            raise Conflict(
                f"A payment of the invoice {invoice.pk} is under way through {invoice.connection_id}. Wait until it has"
                " succeeded or failed.",
                code=Code.PAYMENT_IN_PROGRESS,
            )


def connection_for(environment_id: str, invoice_id: str, provider: str, connection_id: str) -> Connection:
    """The connection through which the invoice is to be paid: the named, else its collector, else the only.

    Raises Invalid for an unknown invoice, NotFound for a connection, Conflict when there are several.
    """
    invoices = Invoice.objects.select_related("customer")
    invoice = invoices.filter(pk=invoice_id, environment_id=environment_id).first()
    if invoice is None:
        raise Invalid.of({"invoice_id": f"There is no invoice {invoice_id}."})
    if not connection_id:
        chosen = collector_of(invoice)
        if chosen and chosen.provider == provider and invoice.connection_id in ("", chosen.pk):
            return chosen
    named = choose(environment_id, provider, connection_id)
    if invoice.connection_id not in ("", named.pk):
        raise _elsewhere(invoice_id, invoice.connection_id)
    return named


def claim(connection: Connection, invoice_id: str) -> None:
    """Makes the connection collect the invoice if nobody does yet; raises Conflict when another one does."""
    place = {"environment_id": connection.environment_id, "invoice_id": invoice_id}
    named = collector.assign(**place, connection_id=connection.pk)
    if named != connection.pk:
        raise _elsewhere(invoice_id, named)
    if others := asking_elsewhere(invoice_id, connection.pk):
        raise Conflict(
            f"The invoice {invoice_id} was moved, and {others[0]} has not closed yet what it asks for. Try again in a"
            " few seconds.",
            code=Code.PAYMENT_IN_PROGRESS,
        )


def _refuse_recovering(invoice: Invoice) -> None:
    """A database that was restored has forgotten numbers that it gave: an import brings them back first."""
    found = Connection.objects.filter(environment_id=invoice.environment_id, recovering_since__isnull=False)
    connection = found.exclude(status=ConnectionStatus.ARCHIVED).order_by("pk").first()
    if connection is not None:
        raise Unavailable(
            f"The invoice {invoice.pk} gets no number while {connection.pk} recovers what a restored backup forgot: it may"
            " have been given before. It is still a draft. Ask again once the recovery has ended.",
            code=Recovering.code,
        )


def _refuse_ended(invoice: Invoice, connection_id: str) -> None:
    ended = EntityMapping.objects.filter(
        connection_id=connection_id, entity_id=invoice.pk, metadata__contains={ASKS: False}
    )
    if ended.exists():
        raise Conflict(
            f"The invoice {invoice.pk} was collected through {connection_id} before, and was closed there for good. Leave"
            " it where it is, or void it and make another invoice.",
            code=Code.INVOICE_NOT_OPEN,
            details={"connection_id": "Choose another connection."},
        )


def _elsewhere(invoice_id: str, named: str) -> Conflict:
    other = Connection.objects.filter(pk=named).first()
    who = f"{named} ({other.name})" if other else named
    if other and other.status == ConnectionStatus.ARCHIVED:
        return Conflict(
            f"The invoice {invoice_id} is collected through {who}, which was deleted, and its account still asks for it."
            " Connect that account again: its links are found.",
            code="connection_stopped",
        )
    return Conflict(
        f"The invoice {invoice_id} is collected through {who}. Pay it there, or move it first: PATCH"
        f" /v1/invoices/{invoice_id} with the other connection_id.",
        code=COLLECTED_ELSEWHERE,
        details={"connection_id": f"Send {named}, or leave it out."},
    )


def _refusal(connection: Connection, invoice: Invoice, problems: Mapping[str, str]) -> Conflict:
    who = names.in_words(connection)
    reasons = " ".join(f"{field}: {problem}" for field, problem in problems.items())
    return Conflict(
        f"{who} cannot take the invoice {invoice.pk} as it is. It is still a draft: change it, then finalize it."
        f" {reasons}",
        code=Code.INVOICE_NOT_ACCEPTED,
        details=problems,
    )
