"""Buttons that decide what becomes of an object that is gone at the provider."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import BillingError
from integrations.errors import SyncError
from integrations.linking import gone_choices
from integrations.linking.pairs import Deed
from integrations.models import EntityMapping
from integrations.models.mappings import GoneChoice


def is_gone(mapping: EntityMapping) -> bool:
    """Returns whether there is something to decide, again or for the first time."""
    return mapping.gone_at is not None and bool(mapping.entity_id)


def _decide(request: HttpRequest, mapping: EntityMapping, choice: GoneChoice) -> None:
    gone_choices.resolve(mapping, choice, Deed(request.user.get_username()), timezone.now())


def create_anew(_admin: Any, request: HttpRequest, mapping: EntityMapping) -> str:
    """Makes another object at the provider."""
    _decide(request, mapping, GoneChoice.CREATE_ANEW)
    return f"Another object is made there for {mapping.entity_id}. What waited for it goes on."


def archive_here(_admin: Any, request: HttpRequest, mapping: EntityMapping) -> str:
    """Ends the row here as well."""
    _decide(request, mapping, GoneChoice.ARCHIVE)
    return f"{mapping.entity_id} has ended here as well."


def leave(_admin: Any, request: HttpRequest, mapping: EntityMapping) -> str:
    """Sends nothing more for it."""
    _decide(request, mapping, GoneChoice.LEAVE)
    return f"{mapping.entity_id} is left as it is: nothing is sent for it until another choice is made here."


ACTIONS = {
    GoneChoice.CREATE_ANEW.value: create_anew,
    GoneChoice.ARCHIVE.value: archive_here,
    GoneChoice.LEAVE.value: leave,
}


class GoneActions(ReadOnlyAdmin):
    """The three choices, offered for a mapping whose object is gone."""

    refusals = (BillingError, SyncError)
    actions_detail: Sequence[str | dict[str, Any]] = ("create_anew", "archive_here", "leave")

    create_anew = on_row(
        "Create anew",
        explanation="Another object is made at the provider, and what was blocked goes on with it. This mapping stays as"
        " history.",
        icon="add",
        offered=is_gone,
        variant=ActionVariant.PRIMARY,
    )(create_anew)
    archive_here = on_row(
        "Archive here",
        explanation="The row ends here as well: it is archived, cancelled or voided.",
        icon="archive",
        offered=is_gone,
        variant=ActionVariant.DANGER,
    )(archive_here)
    leave = on_row(
        "Leave it",
        explanation="The row stays as it is, and nothing more is sent to the provider for it. You can choose otherwise"
        " later.",
        icon="do_not_disturb_on",
        offered=is_gone,
    )(leave)
