"""The provider's numbers beside FlexSync's on the page of a row, once a person wants to see them."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from billing.admin.columns import in_words
from billing.admin.rows import ReadOnlyAdmin
from billing.errors import BillingError
from billing.events import Kind
from integrations.admin import provider_links
from integrations.errors import SyncError
from integrations.models import EntityMapping
from integrations.reconcile.repairing import side_by_side

VIEW = "integrations.view_entitymapping"
# Whose facts are money.
KINDS = (Kind.INVOICE, Kind.PAYMENT)


def address(mapping_id: str) -> str:
    """Returns where the part of the page comes from."""
    return reverse("admin:integrations_entitymapping_look", args=[mapping_id])


class LookViews(ReadOnlyAdmin):
    """A part of a page, which makes one call to the provider and changes nothing."""

    def get_urls(self) -> list[URLPattern]:
        """Adds it."""
        view = permission_required(VIEW, raise_exception=True)(require_GET(self.look_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_look"
        return [path("look/<str:row_id>/", self.admin_site.admin_view(view), name=name), *super().get_urls()]

    def look_view(self, request: HttpRequest, row_id: str) -> HttpResponse:
        """Shows both sides, or why the provider cannot be asked now."""
        mapping = get_object_or_404(EntityMapping.objects.select_related("connection"), pk=row_id)
        context: dict[str, Any] = {
            "provider": provider_links.label(mapping.connection.provider),
            "url": request.path,
        }
        try:
            found = side_by_side.look(mapping)
        except (SyncError, BillingError) as refusal:
            context["refusal"] = str(refusal)
        else:
            context |= {"found": found, "rows": [_row(fact, found.currency) for fact in found.facts]}
            context["is_equal"] = bool(found.facts) and not any(fact.differs for fact in found.facts)
        return TemplateResponse(request, "admin/integrations/look.html", context)


def _row(fact: side_by_side.Fact, currency: str) -> dict[str, object]:
    return {
        "name": in_words(fact.name),
        "ours": _text(fact.name, fact.ours, currency),
        "theirs": _text(fact.name, fact.theirs, currency),
        "differs": fact.differs,
    }


def _text(name: str, value: object, currency: str) -> str:
    if value is None:
        return "not said"
    is_amount = name == "total" or name.startswith("amount")
    return f"{value} {currency}" if is_amount else in_words(str(value)) if name == "status" else str(value)
