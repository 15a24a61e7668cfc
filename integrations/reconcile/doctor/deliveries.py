"""Checks of what arrives: the signing secret is proven by a delivery, and what was refused is told."""

from collections.abc import Iterator

from integrations.db.encryption import opens
from integrations.models import InboundEvent
from integrations.models.inbound import InboundSource
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, error, ok, unknown, warning
from integrations.webhooks import rejections

SIGNATURE = "invalid_signature"


def secret(exam: Examination) -> Iterator[Finding]:
    """Whether the newest signing secret has verified a delivery."""
    newest = exam.connection.signing_secrets.first()
    if newest is None:
        yield error(
            "secret",
            "secret_missing",
            "The connection has no signing secret, so no webhook can be verified.",
            "Store the endpoint's secret, or delete the endpoint at the provider and register the webhook.",
        )
        return
    if not opens(newest.sealed):
        yield error(
            "secret",
            "secret_unreadable",
            "None of CREDENTIAL_KEYS decrypts the signing secret, so no webhook can be verified.",
            "Put the key back that it was encrypted with, or store the endpoint's secret again.",
        )
        return
    last = _last_delivery(exam)
    refused = rejections.of_connection(exam.connection.pk, exam.now)
    refused_at = refused.last.get(SIGNATURE)
    if refused_at is not None and (last is None or last.received_at < refused_at):
        yield error(
            "secret",
            "secret_wrong",
            f"{refused.counts[SIGNATURE]} deliveries of the last day were refused for their signature, the last at"
            f" {refused_at:%Y-%m-%d %H:%M} UTC; none was verified since.",
            "Store the signing secret that the provider shows for this endpoint.",
        )
    elif last is None or last.received_at < newest.created_at:
        yield unknown(
            "secret",
            "secret_unproven",
            "No delivery has proven the signing secret yet.",
            "Let the provider send an event: the button changes something harmless and waits for its event.",
            remedy="prove",
        )
    elif last.verified_by != newest.last4:
        yield warning(
            "secret",
            "secret_wrong",
            f"The newest signing secret (...{newest.last4}) was stored on {newest.created_at:%Y-%m-%d %H:%M} UTC, but the"
            f" delivery of {last.received_at:%Y-%m-%d %H:%M} UTC was signed with an older one (...{last.verified_by}).",
            "Store the signing secret that the provider shows for this endpoint: when the older one expires, its deliveries"
            " are refused.",
        )
    else:
        yield ok(
            "secret", f"The signing secret verified a delivery at {last.received_at:%Y-%m-%d %H:%M} UTC."
        )


def refused(exam: Examination) -> Iterator[Finding]:
    """What was refused in the last day for anything but its signature."""
    counts = rejections.of_connection(exam.connection.pk, exam.now).counts
    others = {code: count for code, count in counts.items() if code != SIGNATURE}
    if not others:
        yield ok("deliveries", "No delivery of the last day was refused for what it holds.")
        return
    shown = ", ".join(f"{count} {code}" for code, count in sorted(others.items()))
    yield warning(
        "deliveries",
        "deliveries_refused",
        f"Deliveries of the last day were refused: {shown}.",
        "docs/errors.md says what each code means, and what to do.",
    )


def _last_delivery(exam: Examination) -> InboundEvent | None:
    came = InboundEvent.objects.filter(connection=exam.connection, source=InboundSource.WEBHOOK)
    return came.only("received_at", "verified_by").order_by("-received_at").first()
