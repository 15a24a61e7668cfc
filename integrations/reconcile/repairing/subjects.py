"""What a finding is about: its row, its object, and what the provider says of their kind."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from billing.events import Kind
from integrations.mappings import entity_mappings
from integrations.models import Connection, EntityMapping, Finding, OutboundSync
from integrations.models.findings import FindingKind
from integrations.provider_api import Comparable, Listing, Mergeable, Provider, registry


@dataclass(frozen=True)
class Subject:
    """A finding, which comes with its connection."""

    finding: Finding

    @property
    def connection(self) -> Connection:
        """Where it was found."""
        return self.finding.connection

    @property
    def kind(self) -> Kind:
        """Of its row, or of the row that its object would have."""
        return Kind(self.finding.entity_type)

    @cached_property
    def provider(self) -> Provider:
        """The connection's."""
        return registry.provider(self.connection.provider)

    @property
    def label(self) -> str:
        """The provider's name, or its slug where it is not installed."""
        found = registry.providers().get(self.connection.provider)
        return found.label if found else self.connection.provider

    @cached_property
    def comparable(self) -> Comparable | None:
        """How its kind is compared, None where it is no more."""
        return next((one for one in self.provider.comparables if one.kind == self.kind), None)

    @cached_property
    def listing(self) -> Listing | None:
        """How one object of its kind is read and brought here, None where it is not."""
        return next((one for one in self.provider.listings if one.kind == self.kind), None)

    @cached_property
    def mergeable(self) -> Mergeable | None:
        """How fields of its kind are merged, None where both sides edit none."""
        return self.provider.mergeables.get(self.kind)

    @property
    def is_fact(self) -> bool:
        """Whether it is about a field that nobody edits: one that follows from what happens."""
        is_field = self.finding.kind == FindingKind.DIFFERS
        return is_field and bool(self.comparable and self.finding.field in self.comparable.compared)

    @property
    def names(self) -> dict[str, str]:
        """Which pair it is about, as mappings and conflicts name it."""
        names = ("connection_id", "entity_type", "entity_id", "provider_entity_id")
        return {name: getattr(self.finding, name) for name in names}

    def mapping(self) -> EntityMapping | None:
        """The mapping of the two, None where they are no counterparts (any more)."""
        found = EntityMapping.objects.filter(**self.names).exclude(entity_id="")
        return found.select_related("connection").first()

    def mapping_of_row(self) -> EntityMapping | None:
        """The mapping of the row, whichever object is its counterpart by now."""
        named = {name: self.names[name] for name in ("connection_id", "entity_type", "entity_id")}
        return EntityMapping.objects.filter(**named).exclude(entity_id="").first()

    def has_counterpart(self) -> bool:
        """Whether what one side lacked is on both sides by now."""
        if self.finding.entity_id:
            return self.mapping_of_row() is not None
        return self.entity_id_there() is not None

    def entity_id_there(self) -> str | None:
        """Which row the object belongs to by now."""
        return entity_mappings.entity_id_of(self.connection.pk, self.kind, self.finding.provider_entity_id)

    def provider_id_of(self) -> Any:
        """Finds the counterparts of other rows."""
        return partial(entity_mappings.provider_id_of, self.connection.pk)

    def syncs(self) -> Any:
        """Pushes of the row, the latest first."""
        found = OutboundSync.objects.filter(connection=self.connection, entity_type=self.kind)
        return found.filter(entity_id=self.finding.entity_id).order_by("-created_at", "-pk")
