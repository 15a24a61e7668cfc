"""The account that sends a request, and its API version.

Source: Stripe API reference, "Authentication" and "Versioning".
"""

import base64
import binascii

from starlette.requests import Request

from ..errors import Forbidden, InvalidRequest, Unauthenticated
from ..events import API_VERSION
from ..requests.permissions import refuse_without_permission
from ..simulator import Simulator
from ..state.account import Account


def authenticate(simulator: Simulator, request: Request) -> Account:
    """Return the account that the request's key opens."""
    account = simulator.account(_key(request.headers.get("authorization", "")))
    named = request.headers.get("stripe-account")
    if named and named != account.id:
        raise Forbidden(
            f"The provided key does not have access to account '{named}' (or that account does not exist).",
            code="account_invalid",
        )
    return account


def authorize(simulator: Simulator, request: Request, account: Account, operation: str) -> None:
    """Refuse an operation that the permissions of a restricted key do not include."""
    if not simulator.keys.permissions:
        return
    key = _key(request.headers.get("authorization", ""))
    permissions = simulator.keys.permissions.get(key)
    if permissions is not None:
        refuse_without_permission(permissions, operation, request.method, key, account.id)


def check_version(request: Request) -> None:
    """Refuse any version but the pinned one: responses would not have the shape that the caller expects."""
    version = request.headers.get("stripe-version")
    if version not in (None, API_VERSION):
        raise InvalidRequest(
            f"Invalid Stripe API version: {version}. The simulator supports {API_VERSION} only: the version that its"
            " copy of the official SDK was generated for."
        )


def _key(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    key = credentials.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        raise Unauthenticated(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    return key
