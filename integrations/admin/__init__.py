"""The integrations' pages for operators, and the sync panel under billing's rows."""

from billing.admin import panels
from integrations.admin import connections, inbound, mappings, outbound, periodic_tasks, task_results
from integrations.admin.sync_panel import sync_panel

panels.add(sync_panel)
__all__ = ["connections", "inbound", "mappings", "outbound", "periodic_tasks", "task_results"]
