"""The steps of a sync on pages: in words."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.utils.html import format_html

from billing.admin.links import NOTHING
from integrations.admin.step_words import in_words
from integrations.outbox.dry_run import PlannedCall


def worded(call: PlannedCall) -> PlannedCall:
    """The call with its step in words."""
    return replace(call, step=in_words(call.step))


@admin.display(description="Last step", ordering="step")
def last_step(sync: Any) -> str:
    """Returns the last step of the sync; its own name shows when the pointer rests on it."""
    if not sync.step:
        return NOTHING
    return format_html('<span title="{}">{}</span>', sync.step, in_words(sync.step))
