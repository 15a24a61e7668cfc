"""The pages on which an operator links, relinks and unlinks by hand; each first shows what it would do."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.links import list_url, row_url
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import BillingError
from integrations.admin import entity_links, provider_links
from integrations.admin.action_pages import on_page
from integrations.admin.link_forms import LinkForm, ReasonForm, RelinkForm
from integrations.errors import SyncError
from integrations.linking import changes, pairs
from integrations.linking.pairs import Pair
from integrations.models import EntityMapping

REFUSALS = (BillingError, SyncError)


class LinkViews(ReadOnlyAdmin):
    """Each page takes what was filled in, shows what follows of it, and then does it."""

    actions_list = ("link",)
    actions_detail: Sequence[str | dict[str, Any]] = ("relink", "unlink")

    @on_page("Link by hand", "link", ActionVariant.PRIMARY)
    def link(self, request: HttpRequest) -> HttpResponse:
        """Asks for the pair, shows both sides, then links them."""
        form = LinkForm(request.POST or None, initial=request.GET.dict())
        context = {"introduction": "link", "back": list_url(EntityMapping)}
        return self._ask(request, "Link by hand", form, lambda: changes.plan(form.pair()), context)

    @on_page("Relink", "swap_horiz")
    def relink(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks for the other id, shows both sides, then changes the mapping."""
        mapping = _mapping(object_id)
        form = RelinkForm(mapping, request.POST or None, request.GET.dict())
        context = {"introduction": "relink", "back": row_url(mapping), **_shown(pairs.of_mapping(mapping))}
        return self._ask(request, "Relink", form, lambda: changes.plan(form.pair(), mapping), context)

    @on_page("Unlink", "link_off", ActionVariant.DANGER)
    def unlink(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows what an unlink leaves, asks why, then ends the mapping."""
        mapping = _mapping(object_id)
        form, pair = ReasonForm(request.POST or None), pairs.of_mapping(mapping)
        context: dict[str, Any] = {"form": form, "back": row_url(mapping), **_shown(pair)}
        try:
            if request.method == "POST" and form.is_valid():
                changes.unlink(mapping, form.deed(request.user.get_username()), timezone.now())
                messages.success(
                    request, f"{pair.entity_id} and {pair.provider_id} are no counterparts any more."
                )
                return redirect(entity_links.url(pair.kind, pair.entity_id))
            context["preview"] = changes.plan_unlink(mapping)
        except REFUSALS as refusal:
            context["refusal"] = getattr(refusal, "message", str(refusal))
        return self._rendered(request, "unlink", "Unlink", context)

    def _ask(
        self,
        request: HttpRequest,
        title: str,
        form: LinkForm | RelinkForm,
        plan: Callable[[], changes.Plan],
        context: dict[str, Any],
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                planned = plan()
                if "make" in request.POST and request.POST.get("shown") == _named(planned.pair):
                    made = changes.make(planned, form.deed(request.user.get_username()), timezone.now())
                    messages.success(request, f"{made.entity_id} and {made.provider_entity_id} are linked.")
                    return redirect(row_url(made))
                context |= {"preview": changes.preview(planned), **_previewed(planned.pair)}
            except REFUSALS as refusal:
                form.refuse(refusal)
        return self._rendered(request, "link", title, context | {"form": form})

    def _rendered(self, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
        site = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/integrations/{name}.html", {**site, **context})


def _previewed(pair: Pair) -> dict[str, Any]:
    provider = provider_links.label(pair.connection.provider)
    return {"shown": _named(pair), "to": _shown(pair), "provider": provider}


def _mapping(object_id: str) -> EntityMapping:
    linked = EntityMapping.objects.exclude(entity_id="").select_related("connection")
    return get_object_or_404(linked, pk=unquote(object_id))


def _named(pair: Pair) -> str:
    """The pair in one text: what was shown is what is made."""
    return json.dumps([pair.connection.pk, pair.kind, pair.entity_id, pair.provider_id])


def _shown(pair: Pair) -> dict[str, Any]:
    return {
        "entity": entity_links.named(pair.kind, pair.entity_id),
        "counterpart": provider_links.link(pair.connection, pair.kind, pair.provider_id),
        "connection": pair.connection,
    }
