"""Findings: where both sides differ, what that may cost, and what may be done about it."""

from django.db import models
from django.db.models import Q

from billing import money
from billing.models.base import currency_field, id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.comparison_runs import ComparisonRun
from integrations.models.connections import Connection


class FindingKind(WordedChoices):
    """Gone: it has a row here, and was at the provider once, where it is no more."""

    DIFFERS = "differs"
    ONLY_HERE = "only_here"
    ONLY_THERE = "only_there"
    GONE = "gone"


class FindingState(WordedChoices):
    """Accepted: a person lets it be, for a time or for ever. Healed: a later comparison found it no more."""

    OPEN = "open"
    ACCEPTED = "accepted"
    HEALED = "healed"


class Repair(WordedChoices):
    """Push: what is here goes to the provider. Take: what is there comes here. Accept: both stay."""

    PUSH = "push"
    TAKE = "take"
    ACCEPT = "accept"


class Suggestion(WordedChoices):
    """A repair, or link: both sides may have it, and a person says whether the two are one."""

    PUSH = "push"
    TAKE = "take"
    LINK = "link"
    ACCEPT = "accept"


ONE_SIDED = (FindingKind.ONLY_HERE, FindingKind.ONLY_THERE)
UNHEALED = (FindingState.OPEN, FindingState.ACCEPTED)


class Finding(models.Model):
    """One difference. ``field`` is "" where a whole object is missing on one side.

    ``ours``, ``theirs``: values of fields that both sides edit as the provider's parameters spell them, of
    others as FlexSync's API does (amounts in major units, as text).
    """

    state_changes = StateChanges(
        "state",
        {
            ((), "open"): "found",
            (("open",), "accepted"): "accept",
            (("accepted",), "open"): "reopen, or its time is over",
            (("open", "accepted"), "healed"): "found no more",
            (("healed",), "open"): "found again",
        },
    )

    id = id_field("fnd")
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="findings", db_index=False
    )
    kind = models.CharField(max_length=10, choices=FindingKind.choices)
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    entity_type = models.CharField(max_length=30)
    # "" for what is not here.
    entity_id = models.CharField(max_length=40, blank=True, default="")
    # "" for what is not there.
    provider_entity_id = models.CharField(max_length=255, blank=True, default="")
    field = models.CharField(max_length=255, blank=True, default="")
    # What a person knows it by.
    label = models.CharField(max_length=200, blank=True, default="")
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    # In major units; None where it cannot be told.
    amount_at_stake = models.DecimalField(
        max_digits=money.AMOUNT_DIGITS, decimal_places=money.AMOUNT_PLACES, null=True, blank=True
    )
    currency = currency_field(blank=True, default="")
    # What is most likely right, "" where a person has to look.
    suggested = models.CharField(max_length=10, choices=Suggestion.choices, blank=True, default="")
    # Of what one side lacks: the ids on that side of what it may be.
    twins = models.JSONField(default=list, blank=True)
    # What its repair would make beside it: "customer:cust_1", by the id on the finding's side.
    belongs_to = models.JSONField(default=list, blank=True)
    # Whose money it is about: the invoice, by its id here or else there; "" where it stands for itself.
    debt = models.CharField(max_length=255, blank=True, default="")
    # What it is, and what to do, in sentences.
    why = models.TextField(blank=True, default="")
    # The last comparison that saw it, and when it had asked for what it saw.
    run = models.ForeignKey(ComparisonRun, on_delete=models.SET_NULL, null=True, related_name="findings_seen")
    asked_at = models.DateTimeField()
    found_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    healed_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=150, blank=True, default="")
    accepted_reason = models.TextField(blank=True, default="")
    # None for ever.
    accepted_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity_type", "entity_id", "provider_entity_id", "kind", "field"],
                condition=Q(state__in=UNHEALED),
                name="finding_once",
            ),
            models.CheckConstraint(
                condition=Q(state=FindingState.HEALED) ^ Q(healed_at__isnull=True),
                name="finding_healed_at",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "state", "-found_at"], name="finding_by_state"),
            models.Index(fields=["entity_id"], name="finding_of_row"),
            models.Index(fields=["provider_entity_id"], name="finding_of_object"),
            models.Index(fields=["-found_at", "-id"], name="finding_newest"),
        ]

    def __str__(self) -> str:
        what = self.label or self.entity_id or self.provider_entity_id
        if self.field:
            return f"{self.field.replace('_', ' ')} of {what}"
        return f"{what} is {self.kind.replace('_', ' ')}"
