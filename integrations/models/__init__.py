"""The rows of the two roads: who we are connected to, what is whose twin, what came in, what goes out."""

from integrations.models.connections import Connection, SigningSecret
from integrations.models.inbound import InboundEvent
from integrations.models.mappings import EntityMapping
from integrations.models.outbound import OutboundCall, OutboundSync
from integrations.models.runs import SyncRun, SyncRunItem

__all__ = [
    "Connection",
    "EntityMapping",
    "InboundEvent",
    "OutboundCall",
    "OutboundSync",
    "SigningSecret",
    "SyncRun",
    "SyncRunItem",
]
