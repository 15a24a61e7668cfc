"""Tells whether this process can do its work: whether it reaches the database."""

from django.db import connection
from django.http import HttpRequest, JsonResponse


def healthz(_request: HttpRequest) -> JsonResponse:
    """Returns 200 ``{"status": "ok"}`` if the database responds; otherwise the error becomes a 500."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
