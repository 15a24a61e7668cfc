"""Keeps invoices that were made at a gateway as the gateway reports them; their money comes as payments."""

import dataclasses
from datetime import datetime
from decimal import Decimal

from billing import money
from billing.errors import Code, Conflict, Invalid
from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import edits, invoices


@atomic
def record(
    *,
    environment_id: str,
    invoice_id: str | None,
    facts: InvoiceFacts,
    status: str,
    total: Decimal,
    finalized_at: datetime | None,
    ended_at: datetime,
    origin: str,
) -> Invoice:
    """The invoice (made when ``invoice_id`` is None) in the gateway's ``status``, with its ``total`` (major
    units). ``finalized_at``, ``ended_at``: when the gateway finalized and ended it, if it did; the former is
    None where the gateway does not say.

    All is taken over while the invoice is a draft, but what both sides edit (``edits``) of one that is here
    already. Raises NotFound, Invalid when the lines do not add up to ``total``, or Conflict.
    """
    invoice = _draft(environment_id, invoice_id, facts, origin)
    if invoice.total != total:
        at_gateway, here = (money.text(one, invoice.currency) for one in (total, invoice.total))
        raise Invalid.of(
            {"lines": f"They add up to {here} {invoice.currency}, but the gateway reports {at_gateway}."}
        )
    _bring(invoice, status, (finalized_at, ended_at), origin)
    return rows.locked(Invoice, environment_id, invoice.pk)


@atomic
def connect(*, invoice: Invoice, subscription_id: str, origin: str) -> Invoice:
    """The invoice, now known to be of that subscription; raises Conflict when it is of another."""
    if invoice.subscription_id not in (None, subscription_id):
        raise Conflict(
            f"The invoice {invoice.pk} belongs to the subscription {invoice.subscription_id}, not to {subscription_id}."
        )
    wanted = {"subscription_id": subscription_id}
    rows.save(invoice, rows.change(invoice, wanted, allowed=frozenset(wanted)), Kind.INVOICE, origin)
    return invoice


def _draft(environment_id: str, invoice_id: str | None, facts: InvoiceFacts, origin: str) -> Invoice:
    """The invoice; a draft is changed to match ``facts``."""
    if invoice_id is None:
        external = dataclasses.replace(facts, is_external=True, connection_id=origin)
        return invoices.create(environment_id=environment_id, facts=external, origin=origin)
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if not invoice.is_external:
        raise Conflict(
            f"The invoice {invoice.pk} was made in FlexSync, so a gateway cannot change it.",
            code=Code.CONFLICT,
        )
    if invoice.status != InvoiceStatus.DRAFT:
        return invoice
    changes = rows.values(facts, *invoices.FIXED, *edits.COLLECTOR, *edits.EDITED)
    return invoices.update(
        environment_id=environment_id, invoice_id=invoice_id, changes=changes, origin=origin
    )


def _bring(invoice: Invoice, status: str, times: tuple[datetime | None, datetime], origin: str) -> None:
    """Moves it to ``status``, through the stages between, and never back; ``times``: finalized, ended."""
    finalized_at, ended_at = times
    target = {
        "environment_id": invoice.environment_id,
        "invoice_id": invoice.pk,
        "origin": origin,
    }
    if status == InvoiceStatus.DRAFT or invoice.status == InvoiceStatus.VOIDED:
        return
    if invoice.status == InvoiceStatus.DRAFT and (finalized_at or status != InvoiceStatus.VOIDED):
        invoices.finalize(now=finalized_at or ended_at, **target)
    if status == InvoiceStatus.UNCOLLECTIBLE:
        invoices.mark_uncollectible(now=ended_at, **target)
    if status == InvoiceStatus.VOIDED:
        invoices.void(now=ended_at, **target)
