"""Epochs: names that are kept here and at the provider, by which a restored database is found out."""

from django.db import models

from integrations.models.connections import Connection


class WriteEpoch(models.Model):
    """The epochs of one connection; another begins before the first write of each minute."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="write_epoch"
    )
    # The last ones that both sides had, the newest first; and the one that is being written.
    names = models.JSONField(default=list)
    next_name = models.CharField(max_length=40, blank=True, default="")
    # When the newest began: what was sent later than a minute after it is not known here.
    began_at = models.DateTimeField(null=True, blank=True)
    # While a worker writes the next one, without any lock.
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Why they cannot be written, and when that was tried.
    problem = models.TextField(blank=True, default="")
    problem_at = models.DateTimeField(null=True, blank=True)
    # At the last recovery: until when the database knew what was sent.
    remembers_until = models.DateTimeField(null=True, blank=True)
    # Found at the provider, and unknown here.
    unknown = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"epochs of {self.connection_id}"
