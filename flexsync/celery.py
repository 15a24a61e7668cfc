"""The Celery application: notifies workers of work that the database already holds."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexsync.settings")

app = Celery("flexsync")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
