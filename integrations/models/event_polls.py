"""How far the provider's list of events was read for a connection: what a poll has done, and does next."""

from django.db import models

from integrations.models.connections import Connection


class EventPoll(models.Model):
    """The polls of one connection; a pass reads the list from ``since`` on, and may take several slices.

    ``covered_at`` is FlexSync's time, ``seen_until`` and ``since`` the provider's.
    """

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="event_poll"
    )
    # The newest event when the last whole pass began: what is older, but for the overlap, is in the inbox.
    seen_until = models.DateTimeField(null=True, blank=True)
    # When the last whole pass began, and when it ended.
    covered_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    # The pass under way: null and empty between two passes.
    began_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    # Event types whose list is not read to its end; those of one call come first.
    types_left = models.JSONField(default=list, blank=True)
    cursor = models.CharField(max_length=255, blank=True, default="")
    next_at = models.DateTimeField(null=True, blank=True)
    # How often a poll has failed in a row, and why.
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    # How many events no webhook had brought by then, since the connection was made.
    missed = models.PositiveBigIntegerField(default=0)
    # While a worker polls; an expired lease belongs to a worker that died.
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)

    def __str__(self) -> str:
        return f"polls of {self.connection_id}"
