"""Invoices, as both sides edit them: their texts, their due date and their metadata."""

from typing import Any

from billing.events import Kind
from billing.models import Invoice
from billing.services.find import find
from billing.services.invoices import edits
from integrations.provider_api import Fields, Json, Mergeable, Place
from integrations.providers.stripe.merging.put import changes
from integrations.providers.stripe.merging.replaced import replaced
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import invoice_edits as translate
from integrations.providers.stripe.translate import metadata, unheld
from integrations.providers.stripe.translate.open_invoices import PAYMENTS

_COLUMNS = {name: name for name in translate.OF_DRAFTS}
_EMPTY: dict[str, Any] = {"description": "", "footer": "", "due_date": None}


def current(invoice: Invoice, stripe_invoice: Json) -> Json:
    """What Stripe's invoice has, as far as both sides edit it."""
    return translate.current_params(stripe_invoice, is_external=invoice.is_external)


def _desired(place: Place, invoice_id: str) -> Json:
    invoice = find(Invoice, place.environment_id, [invoice_id])[invoice_id]
    return translate.desired_params(edits.facts(invoice), invoice_id)


def _put(place: Place, entity_id: str, values: Fields, *, origin: str | None) -> None:
    invoice = find(Invoice, place.environment_id, [entity_id])[entity_id]
    found = changes(values, _COLUMNS, translate.changes, invoice.metadata)
    edits.apply(environment_id=place.environment_id, invoice_id=entity_id, changes=found, origin=origin)


def _is_fixed(current: Json, field: str) -> bool:
    return current.get("status") != "draft" and field in translate.OF_DRAFTS


INVOICE = Synced(
    kind=Kind.INVOICE,
    retrieve="invoices.retrieve",
    expand=PAYMENTS["expand"],
    update="invoices.update",
    call_fields=translate.call_fields,
    mergeable=Mergeable(
        desired=_desired,
        put=_put,
        replaced=lambda payload: replaced(payload, {}, _EMPTY),
        current=lambda payload: translate.current_params(payload["data"]["object"], is_external=True),
        is_reserved=metadata.is_mark_field,
        fields=translate.fields,
        is_fixed=_is_fixed,
        unheld=unheld.OF_INVOICE,
    ),
)
