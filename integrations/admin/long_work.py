"""Pages of long work: they follow it by themselves until it has ended, and have its failures as CSV."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.admin.utils import label_for_field, quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from billing.admin.labels import badge
from billing.admin.links import row_url
from billing.admin.rows import ReadOnlyAdmin
from integrations.admin import csv_files
from integrations.models.connections import ConnectionStatus

# Seconds between two looks.
EVERY = 2
STOPPED = {
    ConnectionStatus.PAUSED: "is paused: nothing goes on until it is resumed",
    ConnectionStatus.BROKEN: "is broken: nothing goes on until its reason is mended",
    ConnectionStatus.ARCHIVED: "is deleted: nothing goes on",
}


class LongWorkAdmin(ReadOnlyAdmin):
    """``live``: the columns that change while it goes on; ``csv``: what is downloaded, None for nothing."""

    live: Sequence[Callable[[Any], Any]] = ()
    csv: csv_files.Table | None = None
    change_form_outer_before_template = "admin/integrations/live_page.html"

    def get_urls(self) -> list[URLPattern]:
        """Adds the part that follows the work, and the file."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        views = {"live": self.live_view, **({"csv": self.csv_view} if self.csv else {})}
        own = [
            path(
                f"<path:object_id>/{one}/",
                self.admin_site.admin_view(require_GET(view)),
                name=f"{name}_{one}",
            )
            for one, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def live_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The part as it is now; the whole page once more where other buttons are offered by now."""
        run = self._seen(request, object_id)
        headers = {} if request.GET.get("state", "") == state_of(run) else {"HX-Refresh": "true"}
        return HttpResponse(self._shown(request, run), headers=headers)

    def csv_view(self, request: HttpRequest, object_id: str) -> StreamingHttpResponse:
        """What failed or was found, one a line."""
        run = self._seen(request, object_id)
        if self.csv is None:
            raise Http404
        return csv_files.response(self.csv, run)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            context["live_part"] = self._shown(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _shown(self, request: HttpRequest, run: Any) -> SafeString:
        context = {
            "rows": [(label_for_field(column, self.model, self), column(run)) for column in self.live],
            "state": badge(state_of(run)),
            "reason": getattr(run, "reason", ""),
            "url": ""
            if run.settled_at
            else f"{self._address('live', run)}?{urlencode({'state': state_of(run)})}",
            "every": EVERY,
            "csv_url": self._address("csv", run) if self.csv else "",
            "csv_label": self.csv.label if self.csv else "",
            **_stopped(run),
        }
        return render_to_string("admin/integrations/live.html", context, request)

    def _address(self, name: str, run: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[quote(run.pk)])

    def _seen(self, request: HttpRequest, object_id: str) -> Any:
        """Raises PermissionDenied or Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, unquote(object_id))
        if run is None:
            raise Http404
        return run


def state_of(run: Any) -> str:
    """Returns its state; of work that has none, whether it has ended."""
    return str(getattr(run, "state", "done" if run.settled_at else "running"))


def notices(connections: Iterable[Any]) -> str:
    """Returns which of the connections are stopped, as sentences; "" where none is."""
    return " ".join(f"{one} {STOPPED[one.status]}." for one in connections if one.status in STOPPED)


def _stopped(run: Any) -> dict[str, str]:
    connection = getattr(run, "connection", None)
    if connection is None or run.settled_at or connection.status not in STOPPED:
        return {}
    return {"notice": f"The connection {notices([connection])}", "connection_url": row_url(connection)}
