"""Authentication by API key; a key opens one environment, to read or to write."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from billing.models import ApiKey
from billing.texts import is_storable, of_api_key

# Written at most this often, so that reading does not cost a write each time.
LAST_USED_PRECISION = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>`` or ``x-api-key: <key>``; ``request.auth`` is the ApiKey."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """The key's row; raises AuthenticationFailed for a key that is wrong, revoked or expired."""
        presented = _presented(request)
        if not presented:
            return None
        key = _known(presented)
        if key is None or key.revoked or key.has_expired or not key.is_valid(presented):
            raise AuthenticationFailed("This API key is unknown, revoked or expired.")
        now = timezone.now()
        if key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """Makes a missing key a 401 instead of a 403."""
        return 'Bearer realm="FlexSync"'


def environment_of(request: Request) -> str:
    """The id of the environment that the request's key opens."""
    key = request.auth
    assert isinstance(key, ApiKey)
    return str(key.environment_id)


class HasScope(BasePermission):
    """A key is required; a key with the read scope may only read."""

    message = "This API key may only read. Use one with the write scope."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the key may do this."""
        key = request.auth
        reads = request.method in SAFE_METHODS or getattr(view, "only_reads", False)
        return isinstance(key, ApiKey) and (reads or key.scope == ApiKey.Scope.WRITE)


def _known(presented: str) -> ApiKey | None:
    """The row whose prefix the key has."""
    if not is_storable(presented):
        return None
    return ApiKey.objects.filter(prefix=presented.partition(".")[0]).select_related("environment").first()


def _presented(request: Request) -> str:
    """The key in the request's headers, "" when there is none."""
    scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    return request.headers.get("x-api-key", "")


def caller(request: Request) -> str:
    """Who sent the request, as operators read it in ``started_by``."""
    return of_api_key(request.auth.name) if isinstance(request.auth, ApiKey) else ""
