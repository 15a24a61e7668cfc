"""The URLs of the process `webhooks`: what providers post, and health."""

from django.urls import include, path, re_path

from billing.api.error_pages import UnknownPath
from flexsync.health import healthz, readyz

urlpatterns = [
    path("v1/", include("integrations.webhooks.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    re_path("^", UnknownPath.as_view()),
]

handler400 = "billing.api.error_pages.bad_request"
handler404 = "billing.api.error_pages.not_found"
handler500 = "billing.api.error_pages.server_error"
