"""The secrets that verify a connection's webhooks: their last characters and until when they are accepted."""

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString

from billing.admin.labels import badge
from billing.admin.rows import ReadOnlyInline
from integrations.models import SigningSecret


@admin.display(description="Validity")
def validity(secret: SigningSecret) -> SafeString:
    """Returns whether webhooks signed with it are accepted."""
    expired = secret.expires_at is not None and secret.expires_at <= timezone.now()
    return badge("expired" if expired else "active")


class SigningSecretInline(ReadOnlyInline):
    model = SigningSecret
    fields = ["__str__", validity, "created_at", "expires_at"]
    readonly_fields = fields
    verbose_name_plural = "Signing secrets"
    hide_title = True
