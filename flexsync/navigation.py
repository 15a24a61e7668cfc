"""The admin's sidebar: the models by group, for users who may view them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.functional import lazy

Entry = tuple[str, str, str]  # title, icon, "app.model"

# What only whoever runs FlexSync needs: folded, below all else.
BEHIND = "Behind the scenes"
GROUPS: dict[str, list[Entry]] = {
    "Billing": [
        ("Customers", "group", "billing.customer"),
        ("Subscriptions", "autorenew", "billing.subscription"),
        ("Invoices", "receipt_long", "billing.invoice"),
        ("Payments", "payments", "billing.payment"),
        ("Credit notes", "request_quote", "billing.creditnote"),
        ("Plans", "inventory_2", "billing.plan"),
        ("Prices", "sell", "billing.price"),
    ],
    "Integrations": [
        ("Connections", "cable", "integrations.connection"),
        ("Alarms", "notifications_active", "integrations.alarm"),
        ("Alerts sent", "campaign", "integrations.alert"),
        ("Alert channels", "contact_mail", "integrations.alertchannel"),
        ("Notes on problems", "assignment", "integrations.triagemark"),
        ("Inbox events", "inbox", "integrations.inboundevent"),
        ("Outbox syncs", "outbox", "integrations.outboundsync"),
        ("Bulk syncs", "dynamic_feed", "integrations.syncrun"),
        ("Imports", "download", "integrations.importrun"),
        ("Comparisons", "difference", "integrations.comparisonrun"),
        ("Findings", "rule", "integrations.finding"),
        ("Bulk repairs", "healing", "integrations.repairbatch"),
        ("Link candidates", "join_inner", "integrations.linkcandidate"),
        ("Mappings", "compare_arrows", "integrations.entitymapping"),
        ("Conflicts", "call_split", "integrations.conflict"),
        ("Mapping changes", "history", "integrations.mappingchange"),
        ("Notes", "sticky_note_2", "integrations.note"),
        ("Webhook endpoints", "webhook", "integrations.webhookendpoint"),
        ("Webhook deliveries", "outgoing_mail", "integrations.webhookdelivery"),
        ("Webhook events", "event_note", "integrations.webhookevent"),
    ],
    "Access": [
        ("Environments", "public", "billing.environment"),
        ("API keys", "key", "billing.apikey"),
        ("Users", "person", "auth.user"),
        ("Groups", "groups", "auth.group"),
    ],
    BEHIND: [
        ("Processes", "memory", "integrations.process"),
        ("Periodic tasks", "schedule", "django_celery_beat.periodictask"),
        ("Task results", "task", "django_celery_results.taskresult"),
    ],
}


def _may_see(app: str, model: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(f"{app}.view_{model}")


def _item(title: str, icon: str, noun: str) -> dict[str, Any]:
    app, model = noun.split(".")
    link = reverse_lazy(f"admin:{app}_{model}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": _may_see(app, model)}


def _group(title: str, entries: list[Entry]) -> dict[str, Any]:
    return {
        "title": title,
        "separator": True,
        "collapsible": title == BEHIND,
        "items": [_item(*entry) for entry in entries],
    }


def _desk() -> str:
    return f"{reverse('admin:billing_invoice_changelist')}?needs=any"


OVERVIEW = {"title": "Overview", "icon": "dashboard", "link": reverse_lazy("admin:index")}
STATISTICS = {
    "title": "Statistics",
    "icon": "monitoring",
    "link": reverse_lazy("statistics"),
    "permission": "flexsync.statistics_page.may_see",
}
MONEY_DESK = {
    "title": "Money desk",
    "icon": "account_balance_wallet",
    "link": lazy(_desk, str)(),
    "permission": _may_see("billing", "invoice"),
    "active": lambda request: bool(request.GET.get("needs")),
}
SIDEBAR = {
    "show_search": True,
    "navigation": [
        {"title": "", "items": [OVERVIEW, MONEY_DESK, STATISTICS]},
        *(_group(*group) for group in GROUPS.items()),
    ],
}
