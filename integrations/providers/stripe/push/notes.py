"""What a push of one thing learns about another: noted with the other's pair."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations import mappings
from integrations.provider import Outbound


def note_invoice(outbound: Outbound, invoice_id: str, **facts: Any) -> None:
    """Notes ``facts`` with the invoice's pair, for its own push to read.

    After the call, not with it: ``once`` notes with the pushed entity only. A worker that dies in between finds the
    answer recorded, and notes then.
    """
    if outbound.dry:
        return
    with transaction.atomic():
        mappings.note(
            connection_id=outbound.connection_id,
            kind=Kind.INVOICE,
            entity_id=invoice_id,
            facts=facts,
            now=timezone.now(),
        )
