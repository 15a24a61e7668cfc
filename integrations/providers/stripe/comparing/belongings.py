"""What can be here: only what belongs to a customer, an invoice or a price that is here, or will be."""

from collections.abc import Iterable, Sequence

from billing.events import Kind
from integrations.models import Connection, EntityMapping
from integrations.provider_api import Json
from integrations.providers.stripe.translate.fields import read_id


def customer_of(stripe_object: Json) -> list[tuple[Kind, str]]:
    """Whose it is."""
    return [(Kind.CUSTOMER, read_id(stripe_object, "customer"))]


def product_of(price: Json) -> list[tuple[Kind, str]]:
    """What it is a price of."""
    return [(Kind.PLAN, read_id(price, "product"))]


def linked(connection: Connection, kind: Kind, stripe_ids: Iterable[str]) -> set[str]:
    """Which of Stripe's objects have a row here."""
    found = EntityMapping.objects.filter(
        connection=connection, entity_type=kind, provider_entity_id__among=sorted(set(stripe_ids) - {""})
    )
    return set(found.exclude(entity_id="").values_list("provider_entity_id", flat=True))


def of_customers(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """Those of customers that are here, or are to be."""
    named = {str(one["id"]): read_id(one, "customer") for one in objects}
    if connection.customer_inbound_enabled:
        return [one for one in objects if named[str(one["id"])]]
    here = linked(connection, Kind.CUSTOMER, named.values())
    return [one for one in objects if named[str(one["id"])] in here]


def of_invoices(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """Those of invoices that are here."""
    here = linked(connection, Kind.INVOICE, (read_id(one, "invoice") for one in objects))
    return [one for one in objects if read_id(one, "invoice") in here]
