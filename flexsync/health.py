"""Tells whether this process lives, and whether it can do its work: whether it reaches the database."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse


def healthz(_request: HttpRequest) -> JsonResponse:
    """Liveness: 200 ``{"status": "ok"}``, whatever the database does. Who restarts on it mends what hangs."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Readiness: 200 if the database responds within the time limits of this process, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        return JsonResponse({"status": "unavailable", "database": type(error).__name__}, status=503)
    return JsonResponse({"status": "ok"})
