"""The switch in the admin's header: which environment all pages show, or all of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from billing.admin import environment_switch


def shown(request: HttpRequest) -> dict[str, Any]:
    """What the header of each page needs: the environments, where there are several, and the chosen one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_staff:
        return {}
    environments = environment_switch.all_of(request)
    chosen = environment_switch.chosen(request)
    if len(environments) < 2 and not chosen:
        return {}
    return {"environments": environments.items(), "chosen_environment": chosen}


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Chooses the environment ``environment``, "" for all; leads back to ``next``."""
    environment_switch.choose(request, request.POST.get("environment", ""))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("admin:index")
