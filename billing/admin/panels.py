"""Panels under a row's page, contributed by other apps, which billing need not know."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from billing.events import Kind

Panel = Callable[[HttpRequest, Kind, Any], str]
_panels: list[Panel] = []
_alerts: list[Panel] = []
# The address of a row's history, by its kind and id.
_histories: list[Callable[[Kind, str], str]] = []


def add(panel: Panel) -> None:
    """Shows ``panel``(request, kind, row) -> safe HTML under each row's page from now on."""
    if panel not in _panels:
        _panels.append(panel)


def add_alert(alert: Panel) -> None:
    """Shows ``alert``(request, kind, row) -> safe HTML, "" for none, above each row's page from now on."""
    if alert not in _alerts:
        _alerts.append(alert)


def set_history(address: Callable[[Kind, str], str]) -> None:
    """Makes "History" of each row lead to ``address``(kind, row id) from now on."""
    _histories[:] = [address]


def history(kind: Kind, row_id: str) -> str:
    """Where the row's history is, "" for Django's own page."""
    return _histories[0](kind, row_id) if _histories else ""


def alerts(request: HttpRequest, kind: Kind, row: Any) -> list[str]:
    """The HTML of what needs an operator's attention on this row."""
    return [alert(request, kind, row) for alert in _alerts]


def rendered(request: HttpRequest, kind: Kind, row: Any) -> list[str]:
    """The HTML of every panel for this row."""
    return [panel(request, kind, row) for panel in _panels]
