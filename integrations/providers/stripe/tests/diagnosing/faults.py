"""Everything that can be wrong with a connection: how it is planted, and what the doctor calls it."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from billing.events import Kind
from integrations.connections import manage
from integrations.models import (
    Alarm,
    ComparisonRun,
    EventPoll,
    Finding,
    InboundEvent,
    OutboundSync,
    SigningSecret,
)
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.diagnosing.ward import Ward
from integrations.testing import make_connection, push

HOUR = timedelta(hours=1)
RESTRICTED = builders.SECRET_KEY.replace("sk_", "rk_")
READS = [
    "customer",
    "product",
    "plan",
    "subscription",
    "invoice",
    "credit_note",
    "payment_intent",
    "charge",
    "checkout_session",
]
ALL_READS = [f"{noun}_read" for noun in [*READS, "event", "webhook", "accounts_kyc_basic"]]


def revoked_key(ward: Ward) -> None:
    ward.simulator.revoke_key(builders.SECRET_KEY)


def key_of_test_mode(ward: Ward) -> None:
    ward.change(livemode=True)


def unreadable_credentials(ward: Ward) -> None:
    ward.change(sealed_credentials="of another key")


def unreadable_signing_secret(ward: Ward) -> None:
    ward.connection.signing_secrets.update(sealed="of another key")


def account_changed(ward: Ward) -> None:
    ward.change(account_id="acct_of_before")


def provider_down(ward: Ward) -> None:
    ward.simulator.faults.add("*", "500_before", times=-1)


def clock_ten_minutes_off(ward: Ward) -> None:
    ward.simulator.settings(date_header_skew_seconds=-600)


def permission_to_read_missing(ward: Ward) -> None:
    restrict(ward, *[name for name in ALL_READS if name != "invoice_read"])


def permission_to_write_missing(ward: Ward) -> None:
    restrict(ward, *ALL_READS)
    ward.change(credentials_at=timezone.now())
    push(ward.connection, Kind.CUSTOMER, builders.customer(ward.connection.environment).pk)


def endpoint_deleted(ward: Ward) -> None:
    ward.api.v1.webhook_endpoints.delete(ward.connection.webhook_endpoint_id)


def endpoint_disabled(ward: Ward) -> None:
    ward.api.v1.webhook_endpoints.update(ward.connection.webhook_endpoint_id, {"disabled": True})


def endpoint_elsewhere(ward: Ward) -> None:
    ward.settings.PUBLIC_URL = "https://moved.example.com"


def events_missing(ward: Ward) -> None:
    events = {"enabled_events": ["customer.created"]}
    ward.api.v1.webhook_endpoints.update(ward.connection.webhook_endpoint_id, events)


def events_deprecated(ward: Ward) -> None:
    ward.endpoint["enabled_events"] = [*ward.endpoint["enabled_events"], "invoiceitem.updated_long_ago"]


def other_version(ward: Ward) -> None:
    ward.endpoint["api_version"] = "2019-12-03"


def secret_wrong(ward: Ward) -> None:
    assert ward.deliver("evt_refused", secret="whsec_of_another_endpoint") == 400


def secret_missing(ward: Ward) -> None:
    SigningSecret.objects.filter(connection=ward.connection).delete()


def deliveries_refused(ward: Ward) -> None:
    from django.test import Client

    url = f"/v1/integrations/stripe/webhook/{ward.connection.pk}"
    assert Client().post(url, b"x" * 2**21, content_type="application/json").status_code == 413


def beat_does_not_run(ward: Ward) -> None:
    EventPoll.objects.update(polled_at=timezone.now() - HOUR)


def poll_fails(ward: Ward) -> None:
    EventPoll.objects.update(last_error="Stripe refused events.list: no.", failures=1)


def webhooks_miss_events(ward: Ward) -> None:
    ward.polled()


def webhooks_silent(ward: Ward) -> None:
    Alarm.objects.create(connection=ward.connection, code="webhooks_silent", message="No webhook has come.")
    ward.polled()


def events_lost(ward: Ward) -> None:
    Alarm.objects.create(connection=ward.connection, code="import_needed", message="Needed.")


def database_restored(ward: Ward) -> None:
    ward.change(recovering_since=timezone.now())


def inbox_stands(ward: Ward) -> None:
    InboundEvent.objects.filter(connection=ward.connection).update(
        state="pending", settled_at=None, next_attempt_at=timezone.now() - HOUR
    )


def event_dead(ward: Ward) -> None:
    InboundEvent.objects.filter(connection=ward.connection).update(state="dead", settled_at=timezone.now())


def outbox_stands(ward: Ward) -> None:
    sync(ward, next_attempt_at=timezone.now() - HOUR)


def sync_blocked(ward: Ward) -> None:
    sync(ward, state="blocked", settled_at=timezone.now())


def switches_conflict(ward: Ward) -> None:
    names = [name for name in manage.SWITCHES if "inbound" not in name or "customer" in name]
    ward.change(**dict.fromkeys(names, False))


def subscriptions_billed_twice(ward: Ward) -> None:
    key = {"secret_key": "sk_test_other_1234567890"}
    make_connection(ward.connection.environment_id, "stripe", name="Other", credentials=key)


def all_switches_off(ward: Ward) -> None:
    ward.change(**dict.fromkeys(manage.SWITCHES, False))


def paused(ward: Ward) -> None:
    manage.pause(ward.connection)


def broken(ward: Ward) -> None:
    ward.change(status="broken", status_reason="Stripe did not answer five times.")


def not_compared_for_days(ward: Ward) -> None:
    ComparisonRun.objects.update(settled_at=timezone.now() - timedelta(days=3))


def sides_differ(ward: Ward) -> None:
    now = timezone.now()
    Finding.objects.create(
        connection=ward.connection, kind="only_there", entity_type="customer", seen_at=now, asked_at=now
    )


def restrict(ward: Ward, *permissions: str) -> None:
    """Stores a restricted key with these permissions."""
    ward.simulator.restrict_key(RESTRICTED, *permissions)
    ward.connection.seal({"secret_key": RESTRICTED})
    ward.connection.save()


def sync(ward: Ward, **columns: object) -> None:
    """A row of the outbox."""
    OutboundSync.objects.create(
        connection=ward.connection, entity_type="customer", entity_id="cust_1", **columns
    )


FAULTS: dict[Callable[[Ward], None], str] = {
    revoked_key: "key_refused",
    key_of_test_mode: "key_of_other_mode",
    unreadable_credentials: "credentials_unreadable",
    unreadable_signing_secret: "secret_unreadable",
    account_changed: "account_changed",
    provider_down: "provider_unreachable",
    clock_ten_minutes_off: "clock_skew",
    permission_to_read_missing: "permission_missing",
    permission_to_write_missing: "permission_missing",
    endpoint_deleted: "endpoint_missing",
    endpoint_disabled: "endpoint_disabled",
    endpoint_elsewhere: "endpoint_address",
    events_missing: "endpoint_events_missing",
    events_deprecated: "endpoint_events_deprecated",
    other_version: "endpoint_version",
    secret_wrong: "secret_wrong",
    secret_missing: "secret_missing",
    deliveries_refused: "deliveries_refused",
    beat_does_not_run: "poll_late",
    poll_fails: "poll_failed",
    webhooks_miss_events: "webhooks_missed",
    webhooks_silent: "webhooks_silent",
    events_lost: "import_needed",
    database_restored: "database_restored",
    inbox_stands: "inbox_backlog",
    event_dead: "events_dead",
    outbox_stands: "outbox_backlog",
    sync_blocked: "syncs_blocked",
    switches_conflict: "switches_conflict",
    subscriptions_billed_twice: "switches_conflict",
    all_switches_off: "nothing_synced",
    paused: "connection_paused",
    broken: "connection_broken",
    not_compared_for_days: "comparison_late",
    sides_differ: "drift",
}
