"""The rows of connections, mappings, inbox and outbox."""

from integrations.models.alarms import Alarm
from integrations.models.alerts import Alert, AlertChannel
from integrations.models.comparison_parts import ComparedObject, ComparisonPart
from integrations.models.comparison_runs import ComparisonRun
from integrations.models.conflicts import Conflict
from integrations.models.connections import Connection, SigningSecret
from integrations.models.event_polls import EventPoll
from integrations.models.finding_repairs import FindingRepair
from integrations.models.findings import Finding
from integrations.models.import_findings import ImportFinding
from integrations.models.import_parts import ImportPart
from integrations.models.imports import ImportRun
from integrations.models.inbound import InboundEvent
from integrations.models.link_candidates import LinkCandidate
from integrations.models.mapping_changes import MappingChange
from integrations.models.mappings import EntityMapping
from integrations.models.notes import Note
from integrations.models.outbound import OutboundCall, OutboundSync
from integrations.models.process_leases import ProcessLease
from integrations.models.processes import Process
from integrations.models.repair_batches import RepairBatch
from integrations.models.runs import SyncRun, SyncRunItem
from integrations.models.statistics import HourlyStatistic, StatisticsCursor
from integrations.models.triage_marks import TriageMark
from integrations.models.webhook_deliveries import WebhookAttempt, WebhookDelivery
from integrations.models.webhook_endpoints import WebhookEndpoint, WebhookSecret
from integrations.models.webhook_events import WebhookEvent, WebhookFeed
from integrations.models.write_epochs import WriteEpoch

__all__ = [
    "Alarm",
    "Alert",
    "AlertChannel",
    "ComparedObject",
    "ComparisonPart",
    "ComparisonRun",
    "Conflict",
    "Connection",
    "EntityMapping",
    "EventPoll",
    "Finding",
    "FindingRepair",
    "HourlyStatistic",
    "ImportFinding",
    "ImportPart",
    "ImportRun",
    "InboundEvent",
    "LinkCandidate",
    "MappingChange",
    "Note",
    "OutboundCall",
    "OutboundSync",
    "Process",
    "ProcessLease",
    "RepairBatch",
    "SigningSecret",
    "StatisticsCursor",
    "SyncRun",
    "SyncRunItem",
    "TriageMark",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookFeed",
    "WebhookSecret",
    "WriteEpoch",
]
