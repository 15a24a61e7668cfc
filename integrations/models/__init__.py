"""The rows of connections, mappings, inbox and outbox."""

from integrations.models.conflicts import Conflict
from integrations.models.connections import Connection, SigningSecret
from integrations.models.inbound import InboundEvent
from integrations.models.mapping_changes import MappingChange
from integrations.models.mappings import EntityMapping
from integrations.models.outbound import OutboundCall, OutboundSync
from integrations.models.runs import SyncRun, SyncRunItem

__all__ = [
    "Conflict",
    "Connection",
    "EntityMapping",
    "InboundEvent",
    "MappingChange",
    "OutboundCall",
    "OutboundSync",
    "SigningSecret",
    "SyncRun",
    "SyncRunItem",
]
