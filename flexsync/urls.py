"""The URLs: admin, the API, its documentation, health and metrics."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from billing.api.error_pages import UnknownPath
from flexsync import environment_page, search_page, statistics_page
from flexsync.health import healthz, readyz
from flexsync.login import second_factor
from flexsync.metrics import metrics

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/second_factor/", second_factor.view, name="second_factor"),
    # Before Unfold's own, which keeps what it found for five minutes, and reads ids in small letters.
    path("admin/search/", admin.site.admin_view(search_page.view), name="search"),
    path("admin/environments/", admin.site.admin_view(environment_page.choices), name="environments"),
    path("admin/environment/", admin.site.admin_view(environment_page.switch), name="switch_environment"),
    path("admin/statistics/", admin.site.admin_view(statistics_page.view), name="statistics"),
    path("admin/", admin.site.urls),
    path("v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("v1/", include("integrations.api.flexprice.urls")),
    path("v1/", include("billing.api.urls")),
    path("v1/", include("integrations.api.urls")),
    path("v1/<path:rest>", UnknownPath.as_view()),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

handler400 = "billing.api.error_pages.bad_request"
handler404 = "billing.api.error_pages.not_found"
handler500 = "billing.api.error_pages.server_error"
