"""The pages on which a person says something of a group of problems, or tries all of it again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminTextareaWidget

from billing.admin.rows import ReadOnlyAdmin
from integrations.admin import rights
from integrations.models import InboundEvent, OutboundSync
from integrations.triage import again, marks
from integrations.triage.group import Group
from integrations.triage.groups import group

# What one needs to try rows again.
RIGHTS: dict[type[Model], str] = {InboundEvent: rights.REPLAY, OutboundSync: rights.PUSH}
TEXTAREA = UnfoldAdminTextareaWidget(attrs={"rows": 3})


class NoteForm(forms.Form):
    """What others should know of the group; empty to take the note away."""

    note = forms.CharField(required=False, max_length=2_000, widget=TEXTAREA)


class DismissForm(forms.Form):
    """Why the group may be left."""

    reason = forms.CharField(
        max_length=2_000, widget=TEXTAREA, help_text="The group comes back when it happens again."
    )


class NoForm(forms.Form):
    """Nothing but the confirmation."""


@dataclass(frozen=True)
class Deed:
    """``act``(request, group, cleaned data) -> message."""

    label: str
    explanation: str
    form: type[forms.Form]
    act: Callable[[HttpRequest, Group, dict[str, Any]], str]


def may_try_again(user: Any, group: Group) -> bool:
    """Returns whether the user may try all of the group again, where that can be done at all."""
    right = RIGHTS.get(group.kind.model)
    return bool(group.kind.again and right and user.has_perm(right))


def _assign(request: HttpRequest, group: Group, _given: dict[str, Any]) -> str:
    name = request.user.get_username()
    mine = bool(group.mark and group.mark.assigned_to == name)
    marks.assign(group, "" if mine else name)
    return "Nobody is assigned any more." if mine else "It is assigned to you."


def _note(_request: HttpRequest, group: Group, given: dict[str, Any]) -> str:
    marks.annotate(group, given["note"])
    return "The note is kept." if given["note"] else "The note is gone."


def _dismiss(request: HttpRequest, group: Group, given: dict[str, Any]) -> str:
    marks.dismiss(group, by=request.user.get_username(), reason=given["reason"], now=timezone.now())
    return "It is dismissed, and comes back when it happens again."


def _restore(_request: HttpRequest, group: Group, _given: dict[str, Any]) -> str:
    marks.restore(group)
    return "It is on the overview again."


def _try_again(request: HttpRequest, group: Group, _given: dict[str, Any]) -> str:
    if not may_try_again(request.user, group):
        raise PermissionDenied
    tried = again.try_again(group, timezone.now())
    for refusal in tried.refusals[:3]:
        messages.error(request, refusal)
    left = f" {tried.left} are left: try again for the next ones." if tried.left else ""
    begun = (
        "1 is tried again and leaves" if tried.begun == 1 else f"{tried.begun} are tried again; they leave"
    )
    return f"{begun} the overview on success.{left}"


DEEDS = {
    "assign": Deed("Assign to me", "Others see that you look after it.", NoForm, _assign),
    "note": Deed("Note", "Everybody who opens the overview sees it.", NoteForm, _note),
    "dismiss": Deed("Dismiss", "It leaves the overview until it happens again.", DismissForm, _dismiss),
    "restore": Deed("Restore", "It is shown on the overview again.", NoForm, _restore),
    "again": Deed("Try all again", "Workers try each of them again, the oldest first.", NoForm, _try_again),
}


class TriagePages(ReadOnlyAdmin):
    """A page for each deed; ``?group=`` names the group."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the pages."""
        return [*(self._path(name) for name in DEEDS), *super().get_urls()]

    def _path(self, name: str) -> URLPattern:
        @require_http_methods(["GET", "POST"])
        def view(request: HttpRequest) -> HttpResponse:
            return self._page(request, DEEDS[name])

        return path(f"{name}/", self.admin_site.admin_view(view), name=f"integrations_triagemark_{name}")

    def _page(self, request: HttpRequest, deed: Deed) -> HttpResponse:
        """Shows the group and asks; carries it out when it is posted."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        found = group(request.GET.get("group", ""), timezone.now())
        if found is None:
            messages.info(request, "Nothing is left of this group: all of it was mended.")
            return redirect("admin:index")
        mark = {"note": found.mark.note} if found.mark else {}
        form = deed.form(request.POST if request.method == "POST" else None, initial=mark)
        if request.method == "POST" and form.is_valid():
            messages.success(request, deed.act(request, found, form.cleaned_data))
            return redirect("admin:index")
        context = {"form": form, "deed": deed, "group": found, "opts": self.opts, "title": deed.label}
        site = self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/integrations/triage.html", {**site, **context})
