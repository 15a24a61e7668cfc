"""The buttons that make archived rows active again."""

from typing import Any

from django.http import HttpRequest
from unfold.enums import ActionVariant

from billing.admin.actions import on_row, on_selection
from billing.events import Kind
from billing.models.base import Status
from billing.services import counterparts, restoring
from billing.services.restoring import Anew


def restore_button(kind: Kind, meaning: str) -> Any:
    """The button of an archived row's page: it says first what comes back, and what is made anew."""

    def explanation(row: Any) -> str:
        gone = counterparts.registered().gone(kind, row.pk)
        return f"{meaning} {gone} It cannot come back there: another one is made for it." if gone else meaning

    return on_row(
        "Restore",
        explanation=explanation,
        icon="unarchive",
        offered=lambda row: row.status == Status.ARCHIVED,
        variant=ActionVariant.PRIMARY,
    )(restored)


def restored(admin: Any, request: HttpRequest, row: Any) -> str:
    """Restores the row; its dialogue has said whether another object is made for it."""
    anew = Anew(request.user.get_username(), "Restored.")
    restoring.restore(admin.kind, environment_id=row.environment_id, row_id=row.pk, anew=anew)
    return f"{row} is active again."


def unarchived(admin: Any, _request: HttpRequest, row: Any) -> str:
    """Restores one of several; refused where its object at a provider is gone, as no dialogue has said so."""
    try:
        restoring.restore(admin.kind, environment_id=row.environment_id, row_id=row.pk)
    except restoring.Gone as gone:
        raise gone.on_its_page() from None
    return f"{row} is active again."


restore_selected = on_selection("Restore")(unarchived)
