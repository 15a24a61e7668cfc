"""Responses to requests with an Idempotency-Key, to be sent again to a retry."""

from django.db import models

from billing.models.base import by_prefix
from billing.models.environments import Environment


class IdempotentRequest(models.Model):
    """One POST under a key: the digest of the request and, once known, the response."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    method_and_path = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)
    # Text, so that a retry gets the same bytes.
    answer = models.TextField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "key"], name="idempotent_request_key_once", opclasses=by_prefix(2)
            )
        ]

    def __str__(self) -> str:
        return self.key
