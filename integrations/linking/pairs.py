"""The pair that a person names: whether such a row and such a connection are there."""

from dataclasses import dataclass, field

from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.models import Connection, EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import Json, Linkable, registry


@dataclass(frozen=True)
class Pair:
    """A row and an object of the connection's account."""

    connection: Connection
    kind: Kind
    entity_id: str
    provider_id: str


@dataclass(frozen=True)
class Deed:
    """Who did it, and why; ``metadata``: what else a caller noted. Raises Invalid without a reason."""

    done_by: str
    reason: str
    metadata: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Whatever the entry point, a person says why."""
        if not self.reason.strip():
            raise Invalid.of({"reason": "Say why: it is kept with who did it."})


def label(connection: Connection) -> str:
    """The provider's name."""
    return registry.provider(connection.provider).label


def linkable(connection: Connection, kind: Kind) -> Linkable:
    """How the kind is linked; raises Conflict where it cannot be."""
    found = registry.provider(connection.provider).links.get(kind)
    if found is None:
        what = f"{kind}s".replace("_", " ")
        raise Conflict(
            f"The links of {what} to {label(connection)} cannot be changed by hand.", code="not_supported"
        )
    return found


def require_working(connection: Connection) -> None:
    """Raises Conflict while the connection is paused, broken or deleted."""
    if connection.status != ConnectionStatus.ACTIVE:
        raise Conflict(
            f"The connection {connection} is {connection.status}: let it work again first, because the object is read from"
            f" {label(connection)}.",
            code="connection_stopped",
        )


def of_mapping(mapping: EntityMapping) -> Pair:
    """The pair of a mapping."""
    return Pair(mapping.connection, Kind(mapping.entity_type), mapping.entity_id, mapping.provider_entity_id)


def require_row(pair: Pair) -> None:
    """Raises Invalid where the connection's environment has no such row."""
    rows = MODELS[pair.kind]._default_manager.filter(environment_id=pair.connection.environment_id)
    if not rows.filter(pk=pair.entity_id).exists():
        raise Invalid.of({"entity_id": f"There is no {pair.kind} {pair.entity_id}."})
