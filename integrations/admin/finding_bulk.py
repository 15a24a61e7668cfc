"""Repairs of the findings that were chosen in the list: first a page that says what would be done."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html

from billing.admin.links import LINK, row_url
from billing.errors import BillingError
from integrations.admin.finding_columns import difference, repair_name, what
from integrations.admin.finding_forms import AcceptForm
from integrations.admin.finding_values import ours, theirs
from integrations.models import Finding, RepairBatch
from integrations.models.findings import Repair
from integrations.reconcile.repairing import batches, bulk
from integrations.reconcile.repairing.bulk import SUGGESTED
from integrations.reconcile.repairing.summaries import SHOWN, One, Summary

# Under which name the page says that it was seen.
CONFIRMED = "confirmed"
# How many reasons are shown why findings are left out.
REASONS = 5
COLUMNS = ("What", "Difference", "FlexSync", "Provider", "What is done")
_TITLES = {
    SUGGESTED: "Repair as suggested",
    Repair.PUSH.value: "Push FlexSync's",
    Repair.TAKE.value: "Take the provider's",
    Repair.ACCEPT.value: "Accept",
}
_EXPLAINED = {
    SUGGESTED: "Each finding is repaired as it suggests.",
    Repair.PUSH.value: "The provider gets what is here.",
    Repair.TAKE.value: "FlexSync gets what the provider has.",
    Repair.ACCEPT.value: "Both sides stay as they are, until a value changes or the time is over.",
}


def in_bulk(repair: str) -> Any:
    """Makes the action of the list that repairs what is chosen."""

    @admin.action(description=_TITLES[repair], permissions=["operate"])
    def act(self: Any, request: HttpRequest, rows: QuerySet[Finding]) -> HttpResponse | None:
        form = _form(request, repair)
        if CONFIRMED in request.POST and (form is None or form.is_valid()):
            try:
                _tell(request, _done(request, rows, repair, form))
                return None
            except BillingError as refusal:
                if form is not None:
                    form.refuse(refusal)
        return _page(self, request, rows, repair, form)

    act.__name__ = f"{repair}_selected"
    return act


def _form(request: HttpRequest, repair: str) -> AcceptForm | None:
    if repair != Repair.ACCEPT:
        return None
    return AcceptForm(request.POST if CONFIRMED in request.POST else None)


def _done(request: HttpRequest, rows: QuerySet[Finding], repair: str, form: AcceptForm | None) -> Summary:
    by = request.user.get_username()
    return batches.repair(rows, repair, by=by, acceptance=form.acceptance(by) if form else None)


def _tell(request: HttpRequest, summary: Summary) -> None:
    if summary.batch_id:
        page = format_html(LINK, row_url(RepairBatch(pk=summary.batch_id)), "Its page")
        text = "A worker goes through {} findings. {} shows how far it is, and what is left out."
        messages.success(request, format_html(text, summary.unexamined, page))
    if count := summary.asked.pop(Repair.ACCEPT.value, 0):
        messages.success(request, f"{count} accepted.")
    if count := sum(summary.asked.values()):
        messages.success(request, f"Repairs asked for: {count}. Findings heal once both sides are equal.")
    for why, count in summary.refused.most_common(REASONS):
        messages.error(request, f"{count} left out: {why}")


def _page(
    self: Any, request: HttpRequest, rows: QuerySet[Finding], repair: str, form: AcceptForm | None
) -> HttpResponse:
    summary = bulk.preview(rows, repair)
    across = request.POST.get("select_across") == "1"
    chosen = rows.values_list("pk", flat=True)[: 1 if across else None]
    context = {
        **self.admin_site.each_context(request),
        "opts": self.opts,
        "title": _TITLES[repair],
        "explanation": _EXPLAINED[repair],
        "action": f"{repair}_selected",
        "across": across,
        "checkbox": ACTION_CHECKBOX_NAME,
        "chosen": list(chosen),
        "form": form,
        "count": sum(summary.asked.values()) + summary.unexamined,
        "unexamined": summary.unexamined,
        "refused": summary.refused.most_common(REASONS),
        "reasons": max(0, len(summary.refused) - REASONS),
        "columns": COLUMNS,
        "examples": [(zip(COLUMNS, _line(one), strict=True), one.refusal) for one in summary.examples],
        "more": max(0, summary.total - SHOWN),
    }
    return TemplateResponse(request, "admin/integrations/finding_bulk.html", context)


def _line(one: One) -> tuple[Any, ...]:
    finding = one.finding
    done = "Left out" if one.refusal else repair_name(finding, one.repair)
    return what(finding), difference(finding), ours(finding), theirs(finding), done
