"""Versions in HTTP: ETag says which one a response shows, If-Match which one a request may change."""

from collections.abc import Collection
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

from billing.errors import Invalid

HEADER = "If-Match"


def etag(version: int) -> str:
    """``"7"``, quotes included."""
    return f'"{version}"'


def wanted(request: Request) -> Collection[int] | None:
    """Returns the versions that If-Match names, None for any; raises Invalid for what is no ETag.

    Who compresses an answer on its way puts "W/" before its ETag: the version of the object is the same.
    """
    tags = parse_etags(request.headers[HEADER])
    if tags == ["*"]:
        return None
    numbers = [tag.removeprefix("W/")[1:-1] for tag in tags]
    if not numbers or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in numbers):
        raise Invalid.of({HEADER: 'Send the ETag of a response, such as "7" with its quotes, or *.'})
    return {int(one) for one in numbers}


def headers(row: Any) -> dict[str, str]:
    """Those of a response that shows ``row``."""
    version = getattr(row, "version", None)
    return {} if version is None else {"ETag": etag(version)}
