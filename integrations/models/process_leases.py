"""What only one process may do at a time."""

from django.db import models


class ProcessLease(models.Model):
    """One such thing, and who has it until when by the clock of the database."""

    name = models.CharField(primary_key=True, max_length=40)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=100, blank=True, default="")

    def __str__(self) -> str:
        return self.name
