"""Calls that say everything in their address: a body with anything in it is refused."""

from rest_framework.request import Request

from billing.api.strict import StrictInput


class EmptyBody(StrictInput):
    """No fields."""


def refuse_body(request: Request) -> None:
    """Raises ValidationError that names what the body holds."""
    EmptyBody(data=request.data or {}).is_valid(raise_exception=True)
