"""How the admin looks: its name, its menus and its log-in (the settings of django-unfold)."""

from django.templatetags.static import static
from django.urls import reverse_lazy

from flexsync.navigation import SIDEBAR

UNFOLD = {
    "SITE_TITLE": "FlexSync",
    "SITE_HEADER": "FlexSync",
    "SITE_SYMBOL": "sync",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("flexsync/favicon.svg"),
        }
    ],
    "STYLES": [lambda _request: static("flexsync/admin.css")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": SIDEBAR,
    "GLOBAL_CALLBACK": "flexsync.environment_page.shown",
    "DASHBOARD_CALLBACK": "flexsync.dashboard.dashboard",
    "LOGIN": {"form": "flexsync.login.form.LoginForm"},
    "ACCOUNT": {"navigation": [{"title": "Second factor", "link": reverse_lazy("second_factor")}]},
}
