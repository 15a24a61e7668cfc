"""The switch in the admin's header: which environment all pages show, or all of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from billing.admin import environment_switch
from billing.models import Environment


def shown(request: HttpRequest) -> dict[str, Any]:
    """What the header of each page needs: the name of the chosen environment.

    The others are read when the switch is opened.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_staff:
        return {}
    return {"environment_switch": {"chosen": environment_switch.chosen_name(request)}}


@require_GET
def choices(request: HttpRequest) -> HttpResponse:
    """What the opened switch offers; each choice leads back to ``next``."""
    offered = [("", "All environments"), *Environment.objects.values_list("pk", "name")]
    context = {"choices": offered, "chosen": environment_switch.chosen(request)}
    return render(request, "admin/environments.html", context | {"next": request.GET.get("next", "")})


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Chooses the environment ``environment``, "" for all; leads back to ``next``."""
    environment_switch.choose(request, request.POST.get("environment", ""))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("admin:index")
