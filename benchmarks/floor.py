"""The floor: Django without middleware; checks a signature, stores the body in one statement, responds."""

import hashlib
import hmac
import json

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.events import SECRET

# Two processes may start at once.
TABLE = """
SELECT pg_advisory_xact_lock(1);
CREATE TABLE IF NOT EXISTS floor_event (id text PRIMARY KEY, received_at timestamptz DEFAULT now(), payload jsonb)
"""
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": environ.Env().db("DATABASE_URL") | {"CONN_MAX_AGE": None}},
    ROOT_URLCONF=__name__,
    SECRET_KEY="only-for-benchmarks",
)
application = get_wsgi_application()
with connection.cursor() as _cursor:
    _cursor.execute(TABLE)


def webhook(request: HttpRequest) -> HttpResponse:
    """Stores one event."""
    given = dict(pair.split("=", 1) for pair in request.headers["Stripe-Signature"].split(","))
    proof = hmac.new(SECRET.encode(), f"{given['t']}.".encode() + request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(proof, given["v1"]):
        return HttpResponse(status=400)
    values = [json.loads(request.body)["id"], request.body.decode()]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO floor_event (id, payload) VALUES (%s, %s) ON CONFLICT DO NOTHING", values)
    return HttpResponse("stored", headers={"Content-Length": "6"})


urlpatterns = [path("webhook", webhook)]
