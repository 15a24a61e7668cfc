"""Composes billing and integrations into one Django project."""

from flexsync.celery import app as celery_app

__all__ = ["celery_app"]
