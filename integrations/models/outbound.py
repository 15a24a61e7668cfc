"""The outbox: which entities a provider must hear of, and the calls that were made for them."""

from django.db import models
from django.db.models import Q

from billing.models.base import BY_PREFIX, id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.connections import Connection


class SyncState(WordedChoices):
    """Pending: not begun. Sending: begun, maybe waiting for a later attempt. Blocked: until an operator acts.

    Dead: no attempts left.
    """

    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    BLOCKED = "blocked"
    DEAD = "dead"
    CANCELLED = "cancelled"


class SyncAction(WordedChoices):
    """Push: bring the entity to the provider. Checkout: open a page to pay it, for a caller who waits.

    Look: read it, for a caller who decides something about it. Refund: give back of a payment what was asked
    for, whatever becomes of its pushes. Refresh: read it, and bring here what no event shows of it.
    """

    PUSH = "push"
    CHECKOUT = "checkout"
    LOOK = "look"
    REFUND = "refund"
    REFRESH = "refresh"


class Priority(models.IntegerChoices):
    """Which work goes first, to a worker and to the provider; the numbers are the broker's priorities."""

    PERSON = 0, "A person waits"
    WEBHOOK = 3, "An event needs it"
    SYNC = 6, "A change"
    BACKFILL = 9, "Many at once"


OPEN_STATES = (SyncState.PENDING, SyncState.SENDING)


class OutboundSyncs(models.QuerySet["OutboundSync"]):
    """Rows of the outbox."""

    def without_refreshes(self) -> "OutboundSyncs":
        """Those that bring something to the provider, or decide something for a caller."""
        return self.exclude(action=SyncAction.REFRESH)


class OutboundSync(models.Model):
    """One push of one entity. It names the entity, not what to send: the push reads current state."""

    state_changes = StateChanges(
        "state",
        {
            ((), "pending"): "a row has changed",
            ((), "sending"): "a person waits",
            (("pending",), "sending"): "a worker takes it",
            (("sending",), "done"): "",
            (("sending",), "blocked"): "refused",
            (("sending",), "dead"): "tried often enough",
            (("blocked", "dead", "cancelled"), "pending"): "retry",
            (("pending", "sending", "blocked", "dead"), "cancelled"): "cancel, or not needed any more",
        },
    )

    id = id_field("sync")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="outbound_syncs")
    entity_type = models.CharField(max_length=30)
    entity_id = models.CharField(max_length=40)
    # Of the rows with the same turn one runs at a time: an invoice's and its payments' have the invoice's id.
    turn = models.CharField(max_length=40, blank=True, default="", editable=False)
    action = models.CharField(max_length=10, choices=SyncAction.choices, default=SyncAction.PUSH)
    state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.PENDING)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.SYNC)
    step = models.CharField(max_length=100, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    # When a worker was last notified of the row: the sweep does so again only after a while.
    nudged_at = models.DateTimeField(null=True, blank=True, editable=False)
    # While a worker has the row; an expired lease belongs to a worker that died.
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=100, blank=True, default="")
    last_error = models.TextField(blank=True, default="")
    # Its calls may have been made already, because the database forgot: each is looked for first.
    looks_first = models.BooleanField(default=False, db_default=False, editable=False)
    # "customer:cust_...": goes on by itself once that has changed. "link:customer:cust_...": also once a
    # person has linked it or kept it apart; "bill:...": also once other connections bill. "import:imp_...":
    # once the decisions that the import asks for are made.
    waits_for = models.CharField(max_length=80, blank=True, default="")
    started_by = models.CharField(max_length=150, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = OutboundSyncs.as_manager()

    class Meta:
        verbose_name = "outbox sync"
        permissions = [("push_outboundsync", "Can push to providers")]
        ordering = ["-created_at", "-id"]
        constraints = [
            # What changed while an entity's row runs waits in one other row.
            models.UniqueConstraint(
                fields=["connection", "entity_type", "entity_id", "action"],
                condition=Q(state=SyncState.PENDING),
                name="outbound_pending_once",
            ),
            models.UniqueConstraint(
                fields=["connection", "turn"],
                condition=Q(state=SyncState.SENDING) & ~Q(turn=""),
                name="outbound_turn_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES) & Q(settled_at__isnull=True)
                | ~Q(state__in=OPEN_STATES) & Q(settled_at__isnull=False),
                name="outbound_settled_when_not_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state__in=OPEN_STATES), name="outbound_open"
            ),
            models.Index(
                fields=["connection", "next_attempt_at"],
                condition=Q(state=SyncState.PENDING),
                name="outbound_next_of_connection",
            ),
            models.Index(fields=["turn"], condition=Q(state__in=OPEN_STATES), name="outbound_open_of_turn"),
            models.Index(fields=["waits_for"], condition=~Q(waits_for=""), name="outbound_waits_for"),
            models.Index(fields=["entity_id"]),
            models.Index(fields=["state", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.entity_type} {self.entity_id} -> {self.connection}"


class CallState(WordedChoices):
    """Calling: key and parameters are stored, the answer is not known. Skipped: the call was not needed."""

    CALLING = "calling"
    DONE = "done"
    REFUSED = "refused"
    SKIPPED = "skipped"


class OutboundCall(models.Model):
    """One step of a push: a call with key and exact parameters, stored before it is made, and its answer."""

    sync = models.ForeignKey(OutboundSync, on_delete=models.CASCADE, related_name="calls")
    step = models.CharField(max_length=100)
    operation = models.CharField(max_length=100, blank=True, default="")
    target = models.CharField(max_length=255, blank=True, default="")
    params = models.JSONField(default=dict)
    # What it sets of an entity that is edited on both sides: {field: [what was known of it, what it gets]}.
    changes = models.JSONField(default=dict, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    # "customer:cust_...": the entity whose counterpart the call creates; several pushes may need the same
    # one.
    makes = models.CharField(max_length=80, blank=True, default="", editable=False)
    state = models.CharField(max_length=10, choices=CallState.choices, default=CallState.CALLING)
    answer = models.JSONField(null=True, blank=True)
    detail = models.TextField(blank=True, default="")
    request_id = models.CharField(max_length=255, blank=True, default="")
    # No answer came, but the call's event has, or the provider's object has shown what it was to set.
    was_seen = models.BooleanField(default=False, db_default=False, editable=False)
    # When the key was first used: the provider remembers it only for a while.
    key_used_at = models.DateTimeField(null=True, blank=True)
    # Of the latest try; finished_at is when it was answered.
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sync", "step"],
                condition=~Q(state=CallState.REFUSED),
                name="outbound_call_step_once",
            )
        ]
        indexes = [
            models.Index(fields=["makes"], condition=~Q(makes=""), name="outbound_call_makes"),
            models.Index(fields=["target"], condition=~Q(changes={}), name="outbound_call_changes"),
            models.Index(
                fields=["request_id"],
                condition=~Q(request_id=""),
                opclasses=[BY_PREFIX],
                name="outbound_call_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.state}"
