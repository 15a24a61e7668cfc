"""Structured logs through structlog: JSON in production, readable lines in development, secrets masked."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import structlog
from django.apps import apps
from structlog.typing import EventDict, WrappedLogger

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# FlexSync's own API keys in a request's header. Each provider adds what its secrets begin with.
_OWN = ("Bearer ",)


def masked(text: str) -> str:
    """Returns ``text`` with everything that looks like a secret masked, except for the secret's beginning."""
    return _secrets(_beginnings()).sub(r"\1****", text)


def _beginnings() -> tuple[str, ...]:
    if not apps.ready:
        return _OWN  # Providers are found once the models are loaded.
    from integrations.provider_api import registry

    return (*_OWN, *registry.secret_beginnings())


@lru_cache
def _secrets(beginnings: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(beginnings)})[A-Za-z0-9._=+/-]+")


def mask_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Masks secrets in every string of a log entry, as a structlog processor."""
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


def logging_config(*, json: bool, level: str) -> dict[str, Any]:
    """Returns Django's LOGGING, and configures structlog, so that both write the same entries."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        mask_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["console"], "propagate": False},
        },
    }
