"""Who may see and do what in the admin: every page, for strangers, staff, onlookers and operators."""

import logging
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from billing.tests.admin.conftest import logged_in
from billing.tests.factories import EnvironmentFactory
from flexsync import roles
from tests.endpoints.routes import Route, routes
from tests.endpoints.world import make_world

pytestmark = pytest.mark.django_db

PREFIX = "/admin/"
# Pages of every model, by the end of their address: whether onlookers may see them.
STANDARD = {"": True, "add": False, "history": True, "delete": False, "change": True, "{object_id}": True}
# Pages of no model, and what staff without rights get there.
GENERAL = {
    "": 200, "search": 200, "logout": 405, "password_change": 200, "password_change/done": 200, "autocomplete": 403,
    "jsi18n": 200, "r/{content_type_id}/{object_id}": 404, "{app_label}": 404, "{url}": 404, "login": 302,
    "second_factor": 200, "statistics": 200, "environment": 405, "environments": 200,
}  # fmt: skip
# All else that a page or a button does, by model, and which roles may besides the administrator (S: support,
# F: finance, V: viewer).
OPERATING = {
    "alarm": "agree recover", "alertchannel": "send_test", "apikey": "revoke", "comparisonrun": "pause resume cancel live:VSF csv:VSF",
    "conflict": "decide:S keep:S take:S", "creditnote": "void:F", "customer": "archive:S restore:S",
    "connection": "health:VSF remedy doctor test register_webhook start_import count_import start_comparison recover pause resume"
    " archive",
    "entitymapping": "link:S create_anew:S archive_here:S leave:S relink:S unlink:S"
    " look/{row_id}:VSF",
    "finding": "take:S push:S accept:S reopen:S", "importrun": "settle certain probable pause resume cancel live:VSF csv:VSF",
    "inboundevent": "replay:S preview-replay:S", "invoice": "finalize:F mark_uncollectible:F void:F",
    "linkcandidate": "decide:S link:S apart:S",
    "note": "latest/{kind}/{row_id}:VSF timeline/{kind}/{row_id}:VSF",
    "outboundsync": "collector/{kind}/{row_id}:F credit/{row_id}:F refund-duplicate/{row_id}:F record-payment/{row_id}:F"
    " refund/{row_id}:F charge/{connection_id}/{row_id}:F methods/{connection_id}/{row_id}:F stage:SF preview:SF"
    " try_again:SF cancel:SF",
    "plan": "add-price archive restore", "price": "archive restore", "subscription": "cancel_at_end:S cancel_now:S",
    "repairbatch": "live:VSF", "syncrun": "pause:S resume:S cancel:S live:VSF csv:VSF", "triagemark": "assign:SF note:SF dismiss:SF restore:SF again:SF",
    "user": "password", "webhookdelivery": "send_again",
    "webhookendpoint": "send_test rotate_secret resend_missed remove",
}  # fmt: skip
# Which rows of the world a model's pages show.
NOUNS = {
    "customer": "customers", "plan": "plans", "price": "prices", "subscription": "subscriptions", "invoice": "invoices",
    "payment": "payments", "creditnote": "credit_notes", "connection": "connections", "alarm": "alarms",
    "comparisonrun": "comparisons", "conflict": "conflicts", "entitymapping": "mappings", "finding": "findings",
    "importrun": "imports", "inboundevent": "events", "linkcandidate": "link_candidates", "syncrun": "sync_runs", "repairbatch": "repair_batches",
    "outboundsync": "syncs", "process": "processes", "mappingchange": "mapping_changes",
    "triagemark": "triage_marks", "alert": "alerts", "alertchannel": "alert_channels", "note": "notes",
    "webhookevent": "webhook_events", "webhookendpoint": "webhook_endpoints", "webhookdelivery": "webhook_deliveries",
}  # fmt: skip
INLINE_SCRIPT = re.compile(
    rb"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")|<[^>]*\son[a-z]+=|javascript:"
)


def pages() -> list[Route]:
    return [route for route in routes() if route.path.startswith(PREFIX)]


def parts(route: Route) -> tuple[str, str]:
    """The model, "" for none, and what follows it."""
    rest = route.path.removeprefix(PREFIX).rstrip("/")
    found = re.fullmatch(r"\w+/(\w+)(?:/(.*))?", rest)
    return (found[1], found[2] or "") if found and rest not in GENERAL else ("", rest)


def does(route: Route) -> str:
    """``archive``; the rows' own id is left out, but not where there is nothing else."""
    what = parts(route)[1]
    return re.sub(r"^{(object_id|id|conflict_id|candidate_id)}/", "", what)


def _listed(model: str) -> dict[str, str]:
    """What its pages do, and the roles that may: "S", "F", "SF", "VSF" or ""."""
    named = [one.partition(":") for one in OPERATING[model].split()]
    return {what: roles for what, _, roles in named}


@pytest.fixture
def world() -> Iterator[dict[str, str]]:
    """The rows that the pages show; the log of refusals is not of interest."""
    logging.disable(logging.CRITICAL)
    yield make_world(EnvironmentFactory())
    logging.disable(logging.NOTSET)


def address(route: Route, world: dict[str, str]) -> str:
    """Of a row of the world, where there is one of that model."""
    model = parts(route)[0]
    own = world.get(NOUNS.get(model, ""), "1")
    known = {"kind": "invoice", "row_id": world["invoices"], "connection_id": world["connections"]}
    known |= {"content_type_id": "0", "app_label": "nothing", "url": "nothing"}
    return re.sub(r"{(\w+)}", lambda found: known.get(found[1], own), route.path)


def of_operators() -> list[Route]:
    return [one for one in pages() if parts(one)[0] and does(one) not in STANDARD]


class TestEveryPage:
    def test_is_listed_here(self) -> None:
        found: dict[str, set[str]] = {}
        for one in of_operators():
            found.setdefault(parts(one)[0], set()).add(does(one))
        assert found == {model: set(_listed(model)) for model in OPERATING}
        assert {parts(one)[1] for one in pages() if not parts(one)[0]} == set(GENERAL)

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_sends_strangers_to_the_log_in(self, world: dict[str, str], method: str) -> None:
        stranger = Client()
        for one in pages():
            response = getattr(stranger, method)(address(one, world))
            if parts(one)[1] in ("login", "logout") and not parts(one)[0]:
                assert response.status_code in (200, 302, 405)
            else:
                assert response.status_code == 302, (one.path, response.status_code)
                assert response.headers["Location"].startswith("/admin/login/"), one.path

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_shows_staff_without_rights_nothing_of_any_model(
        self, world: dict[str, str], method: str
    ) -> None:
        staff = logged_in(User.objects.create_user("staff", is_staff=True))
        for one in pages():
            model, what = parts(one)
            if not model and (method == "post" or what == "logout"):
                continue
            response = getattr(staff, method)(address(one, world))
            if model:
                # The address of a row alone leads to its page, which is refused; one that is not there, home.
                location = response.headers.get("Location", "")
                leads_on = location and (
                    location == "/admin/" or method == "get" or does(one) == "{object_id}"
                )
                assert response.status_code in (403, 404, 405) or leads_on, (one.path, response.status_code)
            else:
                assert response.status_code == GENERAL[what], (one.path, response.status_code)

    def test_shows_onlookers_what_is_there(self, world: dict[str, str], onlooker: Client) -> None:
        for one in pages():
            model, may_see = parts(one)[0], STANDARD.get(does(one))
            if model and may_see is not None:
                response = onlooker.get(address(one, world))
                status = response.status_code
                # Content-Security-Policy: the browser would not run it.
                assert not INLINE_SCRIPT.search(response.content), one.path
                expected = (200, 302) if may_see else (403,)
                assert status in expected, (one.path, status)

    def test_lets_onlookers_change_nothing(self, world: dict[str, str], onlooker: Client) -> None:
        for one in pages():
            if parts(one)[0]:
                path = address(one, world)
                response = onlooker.post(path, {"action": "delete_selected"}, headers={"HX-Request": "true"})
                # A list is shown again without the action; a history has nothing that could be posted.
                refused = (
                    (403, 404, 405) if does(one) not in ("", "{object_id}", "history") else (200, 302, 403)
                )
                assert response.status_code in refused, (path, response.status_code)

    def test_lets_operators_in_everywhere(self, world: dict[str, str], operator: Client) -> None:
        for one in of_operators():
            response = operator.get(address(one, world), headers={"HX-Request": "true"})
            assert response.status_code in (200, 302, 404, 405), (one.path, response.status_code)

    @pytest.mark.parametrize("role", ["Viewer", "Support", "Finance", "Administrator"])
    def test_lets_each_role_do_what_is_listed_and_no_more(self, world: dict[str, str], role: str) -> None:
        roles.install()
        user = User.objects.create_user("member", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        member = logged_in(user)
        for one in of_operators():
            allowed = _listed(parts(one)[0])[does(one)]
            may = role == "Administrator" or role[0] in allowed
            status = member.get(address(one, world), headers={"HX-Request": "true"}).status_code
            if status == 405:
                status = member.post(address(one, world)).status_code
            assert (status in (200, 302, 404)) if may else (status == 403), (one.path, status)
