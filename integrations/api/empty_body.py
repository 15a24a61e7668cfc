"""Calls without a body: the address says everything, and any field in the body is refused."""

from rest_framework.request import Request

from billing.api.strict import StrictInput


class EmptyBody(StrictInput):
    """No fields."""


def refuse_body(request: Request) -> None:
    """Raises ValidationError that names the body's fields, or says that it is no object."""
    EmptyBody(data=request.data).is_valid(raise_exception=True)
