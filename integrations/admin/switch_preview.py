"""What a switch of a connection sends, in sentences: as it is, and before it is turned on."""

from collections.abc import Collection, Iterator

from django.db.models import Exists, OuterRef
from django.utils.text import capfirst

from billing.events import Kind
from integrations.admin import entity_links
from integrations.models import Connection, EntityMapping

# Which rows each switch sends, as far as they have no counterpart.
SENT = {
    "customer_outbound_enabled": Kind.CUSTOMER,
    "plan_outbound_enabled": Kind.PLAN,
    "subscription_outbound_enabled": Kind.SUBSCRIPTION,
    "invoice_outbound_enabled": Kind.INVOICE,
}
# No more are counted.
MOST = 10_000


def of_all(connection: Connection) -> Iterator[str]:
    """What each switch does now."""
    for switch, kind in SENT.items():
        count, rows = _without_counterpart(connection, kind)
        has, is_on = "has" if count == 1 else "have", getattr(connection, switch)
        off = "" if is_on else f"Sending {_names(kind)} is off. "
        if not count:
            yield f"{off}No {_names(kind)} lack a counterpart at this account."
        elif is_on:
            yield f"{rows} {has} no counterpart at this account: each is sent when it changes next."
        else:
            yield (
                f"{off}{rows} {has} no counterpart at this account: once it is on, each of"
                " them is sent when it changes next, and none at once."
            )
    yield "To send all of them at once, choose them in their list and press “Sync”; import first what the account has already."


def of_turning_on(connection: Connection, switched_on: Collection[str]) -> Iterator[str]:
    """What follows of the switches that would be turned on, nothing where nothing does."""
    for switch, kind in SENT.items():
        if switch not in switched_on or getattr(connection, switch):
            continue
        count, rows = _without_counterpart(connection, kind)
        if count:
            yield (
                f"{capfirst(_names(kind))}: {rows} {'has' if count == 1 else 'have'} no counterpart at this account. Each"
                " is made there when it changes next, also where the account has it already under another id: import"
                " first, so that those are linked."
            )


def _names(kind: Kind) -> str:
    return str(entity_links.MODELS[kind]._meta.verbose_name_plural)


def _without_counterpart(connection: Connection, kind: Kind) -> tuple[int, str]:
    """How many rows have none, and the same in words: "12 customers"."""
    model = entity_links.MODELS[kind]
    mapped = EntityMapping.objects.filter(connection=connection, entity_type=kind, entity_id=OuterRef("pk"))
    rows = model._default_manager.filter(~Exists(mapped), environment=connection.environment_id)
    count = rows.order_by()[: MOST + 1].count()
    many = f"More than {MOST:,}" if count > MOST else f"{count:,}"
    return count, f"{many} {model._meta.verbose_name if count == 1 else _names(kind)}"
