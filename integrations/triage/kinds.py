"""The kinds of problems that need a person, worst first."""

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Cast, Coalesce, Concat

from billing.models import Invoice, Payment
from billing.models.invoices import PaymentStatus
from billing.services.invoices import amounts_paid
from integrations.mappings import gone
from integrations.models import (
    Alarm,
    Conflict,
    Connection,
    EntityMapping,
    Finding,
    ImportRun,
    InboundEvent,
    OutboundSync,
    WebhookEndpoint,
)
from integrations.models.alarms import AlarmCode
from integrations.models.outbound import SyncState
from integrations.triage import open_rows, words
from integrations.triage.kind import AMOUNT, KEY_PARTS, NOTHING, TEXT, ZERO, ProblemKind

# What the kinds of invoices have in common.
OF_INVOICES: dict[str, Any] = {
    "model": Invoice,
    "about": "pk",
    "seen": "updated_at",
    "environment": "environment_id",
    "connection": F("connection_id"),
    "currency": F("currency"),
}
OF_ENDPOINTS: dict[str, Any] = {
    "model": WebhookEndpoint,
    "environment": "environment_id",
    "connection": NOTHING,
    "is_each": True,
}
ALARMS = {
    AlarmCode.DATABASE_RESTORED: "Nothing is sent until the connection is recovered: open the alarm and press Recover.",
    AlarmCode.IMPORT_NEEDED: "Events are missing that the provider lists no more: open the alarm and import what changed.",
    AlarmCode.ENDPOINT_DISABLED: "Events come by polling only, minutes late: open the doctor, and register the webhook again.",
    AlarmCode.WEBHOOKS_SILENT: "Events come by polling only, minutes late: open the doctor, which says why no webhook comes.",
}

KINDS: tuple[ProblemKind, ...] = (
    ProblemKind(
        "connection_broken",
        "Broken connections",
        "Nothing is sent, and what changes waits. Open the connection, correct what its reason names, then press Test.",
        Connection,
        open_rows.broken,
        "status_since",
        cause=F("status_reason"),
        connection=F("id"),
        environment="environment_id",
    ),
    *(
        ProblemKind(
            code,
            f"Alarm: {code.label.lower()}",
            remedy,
            Alarm,
            open_rows.alarms(code),
            "raised_at",
            cause=F("message"),
            at_doctor=code in (AlarmCode.ENDPOINT_DISABLED, AlarmCode.WEBHOOKS_SILENT),
        )
        for code, remedy in ALARMS.items()
    ),
    ProblemKind(
        "overpaid",
        "Invoices paid too much",
        "Open each invoice: it names the duplicate payment, and refunds it with one button.",
        rows=open_rows.overpaid,
        cause=Concat(Value("Invoice "), F("number"), Value(" of "), F("customer__name"), output_field=TEXT),
        is_each=True,
        amount=amounts_paid.EXCESS,
        **OF_INVOICES,
    ),
    ProblemKind(
        "dispute",
        "Disputes to be answered",
        "Send the evidence at the provider before the deadline; without it the money is lost.",
        Payment,
        open_rows.disputes,
        "opened_at",
        cause=F("reason"),
        worded=words.of_code,
        connection=F("payment__connection_id"),
        environment="environment_id",
        currency=F("currency"),
        amount=F("amount"),
        deadline=F("respond_by"),
        shown="payment_id",
        about="payment_id",
    ),
    ProblemKind(
        "import_failed",
        "Failed imports",
        "Open the import: its reason says what to correct; then start it again, and it goes on at its last page.",
        ImportRun,
        open_rows.failed_imports,
        "settled_at",
        cause=F("reason"),
    ),
    ProblemKind(
        "mapping_conflict",
        "Events that match several rows",
        "Open each: it shows both sides, and a link between the right two lets it go on.",
        InboundEvent,
        open_rows.contested,
        "settled_at",
        cause=F("type"),
        about="object_id",
    ),
    ProblemKind(
        "conflict",
        "Fields changed on both sides",
        "Open each: keep this value, or take theirs.",
        Conflict,
        open_rows.conflicts,
        "created_at",
        cause=Concat(F("entity_type"), Value(" "), F("field"), output_field=TEXT),
        worded=words.of_code,
        about="entity_id",
    ),
    ProblemKind(
        "waiting_event",
        "Events that wait for long",
        "Workers do not keep up, or do nothing: start more of them. What waits is applied by itself.",
        InboundEvent,
        open_rows.waiting_events,
        "next_attempt_at",
        about="object_id",
    ),
    ProblemKind(
        "dead_event",
        "Events that could not be applied",
        "Correct what the reason names, then replay all of them.",
        InboundEvent,
        open_rows.dead_events,
        "settled_at",
        cause=F("reason"),
        again="Replay all",
        about="object_id",
    ),
    ProblemKind(
        "blocked_push",
        "Changes that the provider refused",
        "Correct what the reason names: what was corrected is tried again by itself. Or try all of them again.",
        OutboundSync,
        open_rows.syncs(SyncState.BLOCKED),
        "settled_at",
        cause=F("last_error"),
        again="Try all again",
        about="entity_id",
    ),
    ProblemKind(
        "dead_push",
        "Changes that were given up",
        "None of its tries succeeded, and no more follow by themselves. When what the reason names is over, try all again.",
        OutboundSync,
        open_rows.syncs(SyncState.DEAD),
        "settled_at",
        cause=F("last_error"),
        again="Try all again",
        about="entity_id",
    ),
    ProblemKind(
        "late_push",
        "Changes that are late",
        "Each is tried again by itself. When what the reason names is over, try all of them again at once.",
        OutboundSync,
        open_rows.late,
        "created_at",
        cause=F("last_error"),
        again="Try all again",
        about="entity_id",
    ),
    ProblemKind(
        "gone",
        "Counterparts missing at the provider",
        "Open each: create it anew there, archive the row here, or leave both. What waits for it goes on then.",
        EntityMapping,
        gone.undecided,
        "gone_at",
        cause=F("entity_type"),
        worded=words.of_code,
        about="entity_id",
    ),
    ProblemKind(
        "drift",
        "Differences between both sides",
        "Open each: push ours, take theirs, or accept it with a reason.",
        Finding,
        open_rows.findings,
        "found_at",
        cause=Concat(F("kind"), Value(" "), F("entity_type"), Value(" "), F("field"), output_field=TEXT),
        worded=words.of_finding,
        currency=F("currency"),
        amount=Coalesce(Cast("amount_at_stake", AMOUNT), ZERO),
        about="entity_id",
    ),
    ProblemKind(
        "webhook_disabled",
        "Webhook endpoints that were disabled",
        "Mend the receiver, enable the endpoint, then send everything since the last success.",
        rows=open_rows.disabled_endpoints,
        seen="disabled_at",
        cause=Concat(F("url"), Value(": "), F("disabled_reason"), output_field=TEXT),
        **OF_ENDPOINTS,
    ),
    ProblemKind(
        "webhook_failing",
        "Webhook endpoints that fail",
        "Open the endpoint: it says what is answered. It is tried for days, then disabled.",
        rows=open_rows.failing_endpoints,
        seen="failing_since",
        cause=Concat(F("url"), Value(": "), F("last_error"), output_field=TEXT),
        **OF_ENDPOINTS,
    ),
    ProblemKind(
        "collection_failed",
        "Invoices that could not be collected",
        "Ask the customer for another payment method, or send the invoice's payment page.",
        rows=open_rows.collected(PaymentStatus.FAILED),
        cause=F("failure_message"),
        amount=F("amount_remaining"),
        **OF_INVOICES,
    ),
    ProblemKind(
        "authentication_needed",
        "Payments that the customer has to confirm",
        "The customer's bank wants a confirmation: send the invoice's payment page, where it is asked for.",
        rows=open_rows.collected(PaymentStatus.REQUIRES_ACTION),
        amount=F("amount_remaining"),
        **OF_INVOICES,
    ),
)
BY_CODE = {kind.code: kind for kind in KINDS}


def of_key(key: str) -> ProblemKind | None:
    """The kind that a group's key names, None for a text that is no key, or of a group without rows."""
    code, *others = key.split(":")
    return BY_CODE.get(code) if len(others) == KEY_PARTS else None
