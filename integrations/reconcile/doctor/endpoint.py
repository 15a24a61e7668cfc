"""Checks of the webhook endpoint at the provider: there, enabled, right address, events and version."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from integrations.connections import credentials
from integrations.errors import SyncError
from integrations.provider_api import Endpoint
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, error, ok, unknown, warning

REGISTER = "register_webhook"
ALL = "*"


def endpoint(exam: Examination) -> Iterator[Finding]:
    """Whether it can bring what is needed."""
    webhooks = exam.provider.webhooks
    if webhooks is None or webhooks.find is None:
        yield unknown(
            "endpoint", "endpoint_unknown", "The provider's endpoint cannot be looked at from here."
        )
        return
    is_asked = not exam.has_error("key") and exam.is_answered
    found = exam.endpoint if is_asked else None
    if not is_asked or isinstance(found, SyncError):
        yield unknown("endpoint", "endpoint_unknown", "The provider does not tell what is registered.")
    elif found is None:
        yield error(
            "endpoint",
            "endpoint_missing",
            "No webhook endpoint leads to this connection: events come by polls only, some minutes late.",
            "Register the webhook.",
            remedy=REGISTER,
        )
    else:
        problems = list(_problems(exam, found))
        yield from problems or [ok("endpoint", f"{found.endpoint_id} is enabled, and brings all events.")]


def _problems(exam: Examination, found: Endpoint) -> Iterator[Finding]:
    if not found.is_enabled:
        yield error(
            "endpoint",
            "endpoint_disabled",
            f"The provider sends nothing to {found.endpoint_id}, which is disabled.",
            "Mend why it did not answer, then register the webhook again.",
            remedy=REGISTER,
        )
    if not credentials.leads_to(exam.connection, found.url):
        yield error(
            "endpoint",
            "endpoint_address",
            f"{found.endpoint_id} leads to {found.url}, and not to {credentials.webhook_url(exam.connection)}.",
            "Register the webhook again, or set PUBLIC_URL (WEBHOOK_URL, where it is set) to the address that is right.",
            remedy=REGISTER,
        )
    yield from _events(exam, found)
    if found.api_version != exam.connection.api_version:
        yield warning(
            "endpoint",
            "endpoint_version",
            f"Its events are in version {found.api_version or 'of the account'}, not {exam.connection.api_version}.",
            "They are understood all the same. To change it, delete the endpoint, then register the webhook.",
        )


def _events(exam: Examination, found: Endpoint) -> Iterator[Finding]:
    missing = [] if ALL in found.events else sorted(set(exam.provider.routes) - found.events)
    if missing:
        yield error(
            "endpoint",
            "endpoint_events_missing",
            f"It does not send {_some(missing)}.",
            "Register the webhook again: polls bring these events some minutes late.",
            remedy=REGISTER,
        )
    if old := list(exam.provider.diagnosis.unknown_events(found.events)):
        yield warning(
            "endpoint",
            "endpoint_events_deprecated",
            f"It is subscribed to what the provider sends no more: {_some(old)}.",
            "Register the webhook again.",
            remedy=REGISTER,
        )


def public_url(exam: Examination) -> Iterator[Finding]:
    """Whether live events can come: providers send them to https only."""
    address = credentials.public_address()
    if exam.connection.livemode and urlsplit(address).scheme != "https" and not exam.has_error("key"):
        yield error(
            "public_url",
            "public_url_insecure",
            f"Webhooks come to {address}, and live events are sent to https only.",
            "Set PUBLIC_URL (WEBHOOK_URL, where it is set) to an https address, then register the webhook.",
        )


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
