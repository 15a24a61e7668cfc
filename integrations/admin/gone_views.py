"""The pages on which an operator says, and why, what becomes of what is gone at the provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.links import row_url
from billing.admin.rows import ReadOnlyAdmin
from integrations.admin.action_pages import on_page
from integrations.admin.going_back import page_before
from integrations.admin.link_forms import ReasonForm
from integrations.admin.money_views import REFUSALS
from integrations.linking import gone_choices
from integrations.mappings.gone import described
from integrations.models import EntityMapping
from integrations.models.mappings import GoneChoice


@dataclass(frozen=True)
class _Choice:
    label: str
    explanation: str
    done: str
    variant: ActionVariant


_ANEW = _Choice(
    "Create anew",
    "Another object is made at the provider, and what was blocked goes on with it. The mapping stays as history.",
    "Another object is made there for {}. What waited for it goes on.",
    ActionVariant.PRIMARY,
)
_ARCHIVE = _Choice(
    "Archive here",
    "The row ends here as well: it is archived, cancelled or voided.",
    "{} has ended here as well.",
    ActionVariant.DANGER,
)
_LEAVE = _Choice(
    "Leave it",
    "The row stays as it is, and nothing more is sent to the provider for it. You can choose otherwise later.",
    "{} is left as it is: nothing is sent for it until another choice is made here.",
    ActionVariant.DEFAULT,
)
_CHOICES = {GoneChoice.CREATE_ANEW: _ANEW, GoneChoice.ARCHIVE: _ARCHIVE, GoneChoice.LEAVE: _LEAVE}


def is_gone(mapping: EntityMapping) -> bool:
    """Returns whether there is something to decide, again or for the first time."""
    return mapping.gone_at is not None and bool(mapping.entity_id)


class GoneViews(ReadOnlyAdmin):
    """The three choices, offered for a mapping whose object is gone."""

    actions_detail: Sequence[str | dict[str, Any]] = ("create_anew", "archive_here", "leave")

    @on_page(_ANEW.label, "add", _ANEW.variant, is_gone)
    def create_anew(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Makes another object at the provider."""
        return self._choose(request, object_id, GoneChoice.CREATE_ANEW)

    @on_page(_ARCHIVE.label, "archive", _ARCHIVE.variant, is_gone)
    def archive_here(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ends the row here as well."""
        return self._choose(request, object_id, GoneChoice.ARCHIVE)

    @on_page(_LEAVE.label, "do_not_disturb_on", _LEAVE.variant, is_gone)
    def leave(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Sends nothing more for it."""
        return self._choose(request, object_id, GoneChoice.LEAVE)

    def _choose(self, request: HttpRequest, object_id: str, choice: GoneChoice) -> HttpResponse:
        """Asks why, carries the choice out, and goes back to the page from which it was opened."""
        gone = EntityMapping.objects.filter(gone_at__isnull=False).exclude(entity_id="")
        mapping = get_object_or_404(gone.select_related("connection"), pk=unquote(object_id))
        form, chosen, back = ReasonForm(request.POST or None), _CHOICES[choice], row_url(mapping)
        back = page_before(request, back)
        if request.method == "POST" and form.is_valid():
            try:
                deed = form.deed(request.user.get_username())
                gone_choices.resolve(mapping, choice, deed, timezone.now())
                messages.success(request, chosen.done.format(mapping.entity_id))
                return redirect(back)
            except REFUSALS as refusal:
                form.refuse(refusal)
        context = {"form": form, "chosen": chosen, "back": back, "description": described(mapping)}
        site = {**self.admin_site.each_context(request), "opts": self.opts, "title": chosen.label}
        return TemplateResponse(request, "admin/integrations/gone_choice.html", {**site, **context})
