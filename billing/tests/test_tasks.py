"""Beat's tasks: what they are called by is what they do."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from billing.models import IdempotentRequest
from billing.tests.factories import EnvironmentFactory
from flexsync.celery import app

pytestmark = pytest.mark.django_db


class TestBeat:
    def test_names_only_tasks_that_exist(self) -> None:
        app.loader.import_default_modules()
        assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)

    def test_forgets_responses_after_a_day(self) -> None:
        now, environment = timezone.now(), EnvironmentFactory()
        for name, hours in (("old", 25), ("young", 1)):
            IdempotentRequest.objects.create(
                environment=environment,
                key=name,
                method_and_path="POST /v1/customers",
                body_digest="0" * 64,
                created_at=now - timedelta(hours=hours),
            )
        app.tasks["billing.forget_idempotent_requests"]()
        assert [row.key for row in IdempotentRequest.objects.all()] == ["young"]
