"""The address to which the choices about what is gone are posted from other pages."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from billing.admin.links import row_url
from integrations.admin.going_back import back
from integrations.admin.gone_actions import ACTIONS, GoneActions
from integrations.models import EntityMapping


class GoneViews(GoneActions):
    """Decides, and goes back to the page from which that was posted."""

    def get_urls(self) -> list[URLPattern]:
        """Adds the address."""
        view = self.admin_site.admin_view(require_POST(self.resolve_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_resolve"
        return [path("<str:mapping_id>/resolve/", view, name=name), *super().get_urls()]

    def resolve_view(self, request: HttpRequest, mapping_id: str) -> HttpResponse:
        """Makes the posted choice, in the operator's name."""
        if not self.has_operate_permission(request):
            raise PermissionDenied
        mapping = get_object_or_404(EntityMapping.objects.select_related("connection"), pk=mapping_id)
        act = ACTIONS.get(request.POST.get("choice", ""))
        if act is not None:
            try:
                messages.success(request, act(self, request, mapping))
            except self.refusals as refusal:
                messages.error(request, str(refusal))
        return back(request, row_url(mapping))
