"""Statistics: numbers by the hour, kept so that no page has to count millions of rows."""

from django.db import models

from billing import money
from billing.models import Environment
from billing.models.choices import WordedChoices


class Measure(WordedChoices):
    """What a number counts, and what its label and its currency name.

    Events and off-session charges have their outcome as label, calls for how long they took (see
    ``gateway.call_counts``). Ages are in seconds, the longest of the hour; money is in major units.
    """

    EVENTS = "events"
    CALLS = "calls"
    THROTTLED = "throttled"
    INBOX_AGE = "inbox_age"
    OUTBOX_AGE = "outbox_age"
    COLLECTED = "collected"
    FAILED = "failed"
    REFUNDED = "refunded"
    CHARGES = "charges"
    FINDINGS = "findings"
    AT_STAKE = "at_stake"


class HourlyStatistic(models.Model):
    """One number of the hour that begins at ``at``. ``connection_id``: "" for money that no gateway moved."""

    at = models.DateTimeField()
    # Without an index of its own: what reads it names the hours first.
    environment = models.ForeignKey(
        Environment, on_delete=models.CASCADE, related_name="+", db_index=False, editable=False
    )
    connection_id = models.CharField(max_length=40, blank=True, default="")
    measure = models.CharField(max_length=20, choices=Measure.choices)
    label = models.CharField(max_length=30, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    value = models.DecimalField(max_digits=money.AMOUNT_DIGITS + 9, decimal_places=money.AMOUNT_PLACES)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["at", "environment", "measure", "connection_id", "label", "currency"],
                name="hourly_statistic_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value} at {self.at:%Y-%m-%d %H:%M}"


class StatisticsCursor(models.Model):
    """Until when a source has been read: its rows are counted once."""

    source = models.CharField(max_length=20, primary_key=True)
    read_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} until {self.read_until:%Y-%m-%d %H:%M:%S}"
