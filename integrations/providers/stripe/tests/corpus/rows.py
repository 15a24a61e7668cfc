"""What is here of the objects of a case, column by column."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from billing import models as billing
from integrations.models import Connection, EntityMapping
from integrations.providers.stripe.tests.corpus.cases import Columns
from integrations.providers.stripe.tests.corpus.left_out import EVERYWHERE, LEFT_OUT


class Rows:
    """What is here of each case's objects."""

    def __init__(self, connection: Connection, pays: dict[str, str]) -> None:
        self._connection = connection
        self._pays = pays
        links = EntityMapping.objects.filter(connection=connection)
        self._here = dict(links.exclude(entity_id="").values_list("provider_entity_id", "entity_id"))
        self._there = {here: there for there, here in self._here.items()}

    def columns(self, of: str, tag: str) -> Columns:
        """The columns of the rows that the case is about, as ``Model.column``."""
        found: Columns = {}
        for row in self._rows(of, tag):
            for column in row._meta.concrete_fields:
                name = f"{type(row).__name__}.{column.name}"
                if column.name not in EVERYWHERE and name not in LEFT_OUT:
                    found[name] = self._shown(getattr(row, column.attname), tag)
        return found

    def _shown(self, value: Any, tag: str) -> Any:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, datetime):
            return int(value.timestamp())
        text = json.dumps(self._there.get(value, value) if isinstance(value, str) else value)
        return json.loads(text.replace(tag, "#").replace(self._connection.id, "conn"))

    def _rows(self, of: str, tag: str) -> Sequence[models.Model]:
        return [row for row in ROWS[of](self, tag) if row is not None]

    def row(self, model: Any, provider_id: str) -> Any:
        return model.objects.filter(pk=self._here.get(provider_id, "")).first()

    def payment(self, tag: str) -> Any:
        if tag in self._pays:
            return billing.Payment.objects.get(pk=self._pays[tag])
        return billing.Payment.objects.filter(gateway_payment_id=f"pi_{tag}").first()


def _first(row: Any, name: str) -> Any:
    return getattr(row, name).first() if row is not None else None


def _subscription_rows(seen: Rows, tag: str) -> list[Any]:
    found = seen.row(billing.Subscription, f"sub_{tag}")
    return [found, _first(found, "items")]


def _invoice_rows(seen: Rows, tag: str) -> list[Any]:
    found = seen.row(billing.Invoice, f"in_{tag}")
    return [found, _first(found, "lines")]


ROWS = {
    "customer": lambda seen, tag: [seen.row(billing.Customer, f"cus_{tag}")],
    "tax_id": lambda seen, tag: [seen.row(billing.Customer, f"cus_{tag}")],
    "product": lambda seen, tag: [seen.row(billing.Plan, f"prod_{tag}")],
    "price": lambda seen, tag: [seen.row(billing.Price, f"price_{tag}")],
    "subscription": _subscription_rows,
    "invoice": _invoice_rows,
    "invoice_payment": lambda seen, tag: [seen.row(billing.Invoice, f"in_{tag}"), seen.payment(tag)],
    "charge": lambda seen, tag: [seen.payment(tag)],
    "payment_intent": lambda seen, tag: [seen.payment(tag)],
    "refund": lambda seen, tag: [seen.payment(tag), _first(seen.payment(tag), "refunds")],
    "dispute": lambda seen, tag: [seen.payment(tag), _first(seen.payment(tag), "disputes")],
    "credit_note": lambda seen, tag: [
        seen.row(billing.Invoice, f"in_{tag}"),
        seen.row(billing.CreditNote, f"cn_{tag}"),
    ],
    "session": lambda seen, tag: [seen.payment(tag)],
    "setup_intent": lambda seen, tag: [seen.row(billing.Customer, f"cus_{tag}")],
}
