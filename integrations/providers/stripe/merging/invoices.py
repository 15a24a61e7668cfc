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
from integrations.providers.stripe.translate import metadata, unheld, unsendable
from integrations.providers.stripe.translate.open_invoices import PAYMENTS

_COLUMNS = {name: name for name in translate.OF_DRAFTS}
_EMPTY: dict[str, Any] = {"description": "", "footer": "", "due_date": None}


def current(invoice: Invoice, stripe_invoice: Json, known: Json) -> Json:
    """What Stripe's invoice has, as far as both sides edit it; ``known``: the same when it was last seen."""
    return translate.current_params(stripe_invoice, has_due_date=_has_due_date(invoice, known))


def _has_due_date(invoice: Invoice, known: Json) -> bool:
    """Whether the due date is merged: of FlexSync's invoices, where it was sent with the draft.

    For what is overdue here Stripe computes another date when it finalizes it, which nobody has chosen.
    """
    return invoice.is_external or "due_date" in known


def _desired(place: Place, invoice_id: str) -> Json:
    invoice = find(Invoice, place.environment_id, [invoice_id])[invoice_id]
    facts, has_due_date = edits.facts(invoice), _has_due_date(invoice, place.held)
    return translate.desired_params(facts, invoice_id, has_due_date=has_due_date)


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
        current=lambda payload: translate.current_params(payload["data"]["object"], has_due_date=True),
        made=lambda params, _current: translate.made(params),
        is_reserved=metadata.is_mark_field,
        fields=translate.fields,
        is_fixed=_is_fixed,
        unheld=unheld.OF_INVOICE,
        unsendable=unsendable.of_invoice,
        times=("due_date",),
        shows=lambda answer: not answer.get("deleted"),
    ),
)
