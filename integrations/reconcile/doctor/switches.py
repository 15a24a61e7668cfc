"""Checks of the switches: they do something, and nothing twice."""

from collections.abc import Iterator

from integrations.models import Connection
from integrations.models.connections import SWITCHES, ConnectionStatus
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, error, ok, warning

# What comes in only where its customers are known here: they come in, or are sent.
OF_CUSTOMERS = ("subscription_inbound_enabled", "invoice_inbound_enabled", "payment_inbound_enabled")
KNOW_CUSTOMERS = (
    "customer_inbound_enabled",
    "customer_outbound_enabled",
    "subscription_outbound_enabled",
    "invoice_outbound_enabled",
)
KNOW_PLANS = ("plan_inbound_enabled", "plan_outbound_enabled", "subscription_outbound_enabled")


def switches(exam: Examination) -> Iterator[Finding]:
    """What the switches of this connection and of its neighbours say together."""
    found = [*_of_one(exam.connection), *_of_neighbours(exam.connection)]
    yield from found or [ok("switches", "The switches fit together.")]


def _of_one(connection: Connection) -> Iterator[Finding]:
    if not _any(connection, SWITCHES):
        yield warning(
            "switches", "nothing_synced", "Every switch is off.", "Turn on what this connection is to sync."
        )
        return
    lonely = [name for name in OF_CUSTOMERS if getattr(connection, name)]
    if lonely and not _any(connection, KNOW_CUSTOMERS):
        yield _conflict(lonely, "customers are neither brought here nor sent", "customer_inbound_enabled")
    elif connection.subscription_inbound_enabled and not _any(connection, KNOW_PLANS):
        names = ["subscription_inbound_enabled"]
        yield _conflict(names, "plans are neither brought here nor sent", "plan_inbound_enabled")


def _conflict(names: list[str], because: str, remedy: str) -> Finding:
    return error(
        "switches",
        "switches_conflict",
        f"{', '.join(names)} can bring nothing, because {because}.",
        f"Turn on {remedy}, or turn these off.",
    )


def _of_neighbours(connection: Connection) -> Iterator[Finding]:
    """A subscription is billed by each account that it is sent to."""
    if not connection.subscription_outbound_enabled:
        return
    others = Connection.objects.filter(
        environment=connection.environment_id,
        livemode=connection.livemode,
        subscription_outbound_enabled=True,
    )
    others = others.exclude(pk=connection.pk).exclude(status=ConnectionStatus.ARCHIVED)
    if names := sorted(others.values_list("name", flat=True)):
        yield error(
            "switches",
            "switches_conflict",
            f"Subscriptions are sent to this account and to {', '.join(names)}: each bills them.",
            "Leave subscription_outbound_enabled on for one connection of the environment.",
        )


def _any(connection: Connection, names: tuple[str, ...]) -> bool:
    return any(getattr(connection, name) for name in names)
