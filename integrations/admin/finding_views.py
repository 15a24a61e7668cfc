"""The pages on which an operator sees what a repair would do, and asks for it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from billing.admin.links import row_url
from billing.errors import BillingError
from integrations.admin.action_pages import on_page
from integrations.admin.finding_columns import difference, provider_of, repair_name, what
from integrations.admin.finding_forms import AcceptForm
from integrations.admin.finding_values import value
from integrations.admin.named_rows import NamedRowsAdmin
from integrations.models import Finding
from integrations.models.findings import Repair
from integrations.reconcile.repairing import accepting, previews, requests
from integrations.reconcile.repairing.subjects import Subject


def _offered(repair: Repair) -> Callable[[Finding], bool]:
    return lambda finding: not requests.refusal(finding, repair)


class FindingViews(NamedRowsAdmin):
    """The three repairs, each with its preview."""

    @on_page("Take the provider's", "download", offered=_offered(Repair.TAKE))
    def take(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Brings the provider's here."""
        return self._repair(request, object_id, Repair.TAKE)

    @on_page("Push FlexSync's", "upload", offered=_offered(Repair.PUSH))
    def push(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Sends FlexSync's to the provider."""
        return self._repair(request, object_id, Repair.PUSH)

    @on_page("Accept", "check", offered=_offered(Repair.ACCEPT))
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lets both sides stay as they are."""
        return self._repair(request, object_id, Repair.ACCEPT)

    def _repair(self, request: HttpRequest, object_id: str, repair: Repair) -> HttpResponse:
        rows = Finding.objects.select_related("connection").prefetch_related("repairs")
        finding = get_object_or_404(rows, pk=unquote(object_id))
        form = AcceptForm(request.POST or None) if repair == Repair.ACCEPT else None
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                message = _done(finding, repair, form, request.user.get_username())
                self.log_change(request, finding, message)
                messages.success(request, message)
                return redirect(row_url(finding))
            except BillingError as refusal:
                if form is None:
                    messages.error(request, refusal.message)
                    return redirect(row_url(finding))
                form.refuse(refusal)
        context = {"form": form, **_shown(finding, repair)}
        site = {**self.admin_site.each_context(request), "opts": self.opts, "title": context["label"]}
        return TemplateResponse(request, "admin/integrations/finding_repair.html", {**site, **context})


def _done(finding: Finding, repair: Repair, form: AcceptForm | None, by: str) -> str:
    if form is not None:
        accepting.accept([finding.pk], form.acceptance(by))
        return "Accepted: both sides stay as they are."
    requests.ask(finding.pk, repair, by=by)
    return (
        f"{repair_name(finding, repair)}: a worker does it now. The finding heals once both sides are equal."
    )


def _shown(finding: Finding, repair: Repair) -> dict[str, Any]:
    preview = previews.of(Subject(finding), repair)
    places = {previews.HERE: "FlexSync", previews.THERE: provider_of(finding)}
    changes = [
        (places[one.side], one.field.replace("_", " "), value(one.before), value(one.after))
        for one in preview.changes
    ]
    return {
        "finding": finding,
        "label": repair_name(finding, repair),
        "what": what(finding),
        "difference": difference(finding),
        "preview": preview,
        "changes": changes,
        "calls": [one for one in preview.calls if not one.skipped],
        "back": row_url(finding),
    }
