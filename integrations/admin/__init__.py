"""The admin pages of integrations, and what it adds to billing's: alerts, and the sync and money panels."""

from billing.admin import list_filters, list_parts, panels, searches, selections
from integrations.admin import (
    alarms,
    alert_channels,
    bulk_syncs,
    comparisons,
    conflicts,
    connections,
    findings,
    imports,
    inbound,
    link_candidates,
    mapping_changes,
    mappings,
    money_desk,
    notes,
    outbound,
    periodic_tasks,
    processes,
    repair_batches,
    task_results,
    triage_marks,
    webhook_deliveries,
    webhook_endpoints,
)
from integrations.admin.bulk_sync_action import SYNC_SELECTED
from integrations.admin.excess_alert import excess_alert
from integrations.admin.group_filter import GroupFilter
from integrations.admin.money_panel import money_panel
from integrations.admin.needs_alert import needs_alert
from integrations.admin.sync_panel import sync_panel
from integrations.admin.timeline_panel import history, timeline_panel
from integrations.search.aliases import aliases

panels.add_alert(excess_alert)
panels.add_alert(needs_alert)
panels.add(sync_panel)
panels.add(money_panel)
panels.add(timeline_panel)
panels.set_history(history)
selections.add(SYNC_SELECTED)
list_filters.add(GroupFilter)
list_filters.add(money_desk.NeedFilter)
list_parts.add_above(money_desk.tabs)
list_parts.add_columns(money_desk.columns)
searches.add(aliases)
__all__ = [
    "alarms",
    "alert_channels",
    "bulk_syncs",
    "comparisons",
    "conflicts",
    "connections",
    "findings",
    "imports",
    "inbound",
    "link_candidates",
    "mapping_changes",
    "mappings",
    "money_desk",
    "notes",
    "outbound",
    "periodic_tasks",
    "processes",
    "repair_batches",
    "task_results",
    "triage_marks",
    "webhook_deliveries",
    "webhook_endpoints",
]
