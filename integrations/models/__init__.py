"""The rows of connections, mappings, inbox and outbox."""

from integrations.models.alarms import Alarm
from integrations.models.conflicts import Conflict
from integrations.models.connections import Connection, SigningSecret
from integrations.models.event_polls import EventPoll
from integrations.models.imports import ImportFinding, ImportPart, ImportRun
from integrations.models.inbound import InboundEvent
from integrations.models.mapping_changes import MappingChange
from integrations.models.mappings import EntityMapping
from integrations.models.outbound import OutboundCall, OutboundSync
from integrations.models.runs import SyncRun, SyncRunItem

__all__ = [
    "Alarm",
    "Conflict",
    "Connection",
    "EntityMapping",
    "EventPoll",
    "ImportFinding",
    "ImportPart",
    "ImportRun",
    "InboundEvent",
    "MappingChange",
    "OutboundCall",
    "OutboundSync",
    "SigningSecret",
    "SyncRun",
    "SyncRunItem",
]
