"""Invoices, as the two persons edit them: drafts that were made at Stripe, and final ones of FlexSync's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from billing.events import Kind
from billing.models import Environment, Invoice
from billing.services.invoices import invoices
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.money.account import Account
from integrations.providers.stripe.tests.two_writers.histories.fields import Field, Values, metadata
from integrations.providers.stripe.tests.two_writers.histories.kind import (
    HERE,
    THERE,
    EditedKind,
    merged,
    shown,
)

SOON, LATER, LATEST = 1_900_000_000, 1_910_000_000, 1_920_000_000


class FinalInvoices(EditedKind):
    """Of which Stripe lets nobody change anything but the metadata."""

    kind, resource, mark = Kind.INVOICE, "invoices", "flexprice_invoice_id"
    begins = (HERE,)
    fields = tuple(metadata("color", "size"))

    def create_here(self, environment_id: str) -> str:
        of = builders.customer(Environment.objects.get(pk=environment_id), name="Ada")
        return builders.invoice(of, metadata={"color": "red"}).pk

    def create_there(self, account: Account) -> str:
        raise NotImplementedError

    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        changes = {"metadata": merged(Invoice.objects.get(pk=entity_id).metadata, values)}
        invoices.update(environment_id=environment_id, invoice_id=entity_id, changes=changes)

    def here(self, entity_id: str) -> dict[str, Any]:
        return shown(Invoice.objects.get(pk=entity_id).metadata)

    def read(self, _found: Mapping[str, Any]) -> dict[str, Any]:
        return {}


class Drafts(FinalInvoices):
    """Of which everything can be changed on both sides."""

    begins = (THERE,)
    fields = (
        Field("description", ("Of ours", ""), ("Of theirs", "d" * 500, "")),
        Field("footer", ("Ours", ""), ("Theirs", "f" * 1000, "")),
        Field("due_date", (SOON, LATER), (SOON, LATEST)),
        *metadata("color", "size"),
    )

    def create_there(self, account: Account) -> str:
        api = account.stripe.v1
        params = {
            "customer": api.customers.create({"name": "Grace"}).id,
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "auto_advance": False,
            "metadata": {"color": "red"},
        }
        made = api.invoices.create(params).id
        api.invoices.add_lines(made, {"lines": [{"amount": 500, "description": "Seats"}]})
        return made

    def edit_here(self, environment_id: str, entity_id: str, values: Values) -> None:
        changes = {name: values[name] for name in ("description", "footer") if name in values}
        changes["metadata"] = merged(Invoice.objects.get(pk=entity_id).metadata, values)
        if "due_date" in values:
            changes["due_date"] = datetime.fromtimestamp(values["due_date"], UTC)
        invoices.update(environment_id=environment_id, invoice_id=entity_id, changes=changes)

    def here(self, entity_id: str) -> dict[str, Any]:
        row = Invoice.objects.get(pk=entity_id)
        due = int(row.due_date.timestamp()) if row.due_date else None
        own = {"description": row.description, "footer": row.footer, "due_date": due}
        return own | super().here(entity_id)

    def read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        texts = {name: found[name] or "" for name in ("description", "footer")}
        return texts | {"due_date": found["due_date"]}
