"""Notes in the admin, and the timelines that they are written on."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from billing.admin import environment_switch
from billing.admin.columns import prose
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import Invalid
from billing.events import Kind
from integrations.admin import entity_links, timeline_entries
from integrations.admin.timeline_panel import history
from integrations.models import Note
from integrations.timeline import notes, story
from integrations.timeline.entries import EntryKind
from integrations.timeline.subjects import Subject

# How many entries the panel shows, and a page.
LATEST, PER_PAGE = 20, 50


@admin.display(description="About")
def about(note: Note) -> str:
    """Returns a link to the row."""
    return entity_links.link(note.entity_type, note.entity_id)


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    how_rows_come = "Operators write notes on the timeline of a customer, invoice, payment or subscription."
    list_display = ["created_at", about, prose("text"), "written_by"]
    search_fields = ["entity_id__exact", "text", "written_by"]
    list_filter = ["created_at"]
    readonly_fields = [about]
    fieldsets = [(None, {"fields": [about, "text", ("written_by", "created_at"), "id"]})]

    def of_environment(self, request: HttpRequest, rows: QuerySet[Note]) -> QuerySet[Note]:
        """A note belongs to the environment of the row that it is about."""
        if not (chosen := environment_switch.chosen(request)):
            return rows
        about_rows = (
            model._default_manager.filter(pk=OuterRef("entity_id"), environment_id=chosen)
            for model in entity_links.MODELS.values()
        )
        return rows.filter(reduce(or_, (Q(Exists(row)) for row in about_rows)))

    def get_urls(self) -> list[URLPattern]:
        """Adds the timelines."""
        views = {
            "timeline": require_http_methods(["GET", "POST"])(self.timeline_view),
            "latest": require_GET(self.latest_view),
        }
        own = [
            path(
                f"{name}/<str:kind>/<str:row_id>/",
                self.admin_site.admin_view(view),
                name=f"integrations_note_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def latest_view(self, request: HttpRequest, kind: str, row_id: str) -> HttpResponse:
        """Shows the newest entries, for the panel of the row's page."""
        subject = self._subject(request, kind, row_id)
        found = story.timeline(subject, limit=LATEST)
        context = {"entries": timeline_entries.shown(subject, found.entries), "more": found.next}
        return TemplateResponse(request, "admin/integrations/timeline_entries.html", context)

    def timeline_view(self, request: HttpRequest, kind: str, row_id: str) -> HttpResponse:
        """Shows a page of the timeline, and takes notes."""
        subject, wrong = self._subject(request, kind, row_id), ""
        if request.method == "POST":
            try:
                self._add(request, subject)
            except Invalid as refusal:
                wrong = " ".join(refusal.details.values())
            else:
                return redirect(history(subject.kind, subject.row_id))
        return TemplateResponse(
            request,
            "admin/integrations/timeline.html",
            {**self.admin_site.each_context(request), **self._page(request, subject), "wrong": wrong},
        )

    def _page(self, request: HttpRequest, subject: Subject) -> dict[str, Any]:
        only = [one for one in EntryKind if one.value in request.GET.getlist("kind")]
        try:
            found = story.timeline(subject, before=request.GET.get("before", ""), only=only, limit=PER_PAGE)
        except Invalid:
            raise Http404 from None
        address = history(subject.kind, subject.row_id)
        kinds = [("kind", one.value) for one in only]
        return {
            "opts": self.opts,
            "title": f"Timeline of {subject.kind.replace('_', ' ')} {subject.row}",
            "row_url": entity_links.url(subject.kind, subject.row_id),
            "page_url": address,
            "is_first": "before" not in request.GET,
            "entries": timeline_entries.shown(subject, found.entries),
            "next_url": f"{address}?{urlencode([*kinds, ('before', found.next)])}" if found.next else "",
            "kinds": [(one.value, label, one in only) for one, label in timeline_entries.LABELS.items()],
            "filtered": bool(only),
            "may_write": self._may_write(request),
            "longest": Note.LONGEST,
            "text": request.POST.get("text", ""),
        }

    def _add(self, request: HttpRequest, subject: Subject) -> None:
        if not self._may_write(request):
            raise PermissionDenied
        text, name = request.POST.get("text", ""), request.user.get_username()
        notes.add(subject.kind, subject.row_id, text=text, written_by=name)

    def _may_write(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("integrations.add_note"))

    def _subject(self, request: HttpRequest, kind: str, row_id: str) -> Subject:
        """Returns the row; raises Http404, or PermissionDenied where the user may not see it."""
        if kind not in entity_links.MODELS:
            raise Http404
        model = entity_links.MODELS[kind]._meta
        if not request.user.has_perm(f"{model.app_label}.view_{model.model_name}"):
            raise PermissionDenied
        subject = story.subject_of(Kind(kind), unquote(row_id))
        if subject is None:
            raise Http404
        return subject
