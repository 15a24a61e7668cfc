"""Structured logs through structlog: JSON in production, readable lines in development, secrets masked."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Keys and signing secrets of Stripe's forms and our own API keys; what they start with may be shown.
_SECRETS = re.compile(r"\b((?:sk|rk)_(?:live|test)_|whsec_|Bearer )[A-Za-z0-9._=+/-]+")


def masked(text: str) -> str:
    """``text`` without anything that looks like a secret."""
    return _SECRETS.sub(r"\1****", text)


def mask_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A structlog processor: masks secrets in every string of a log entry."""
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


def logging_config(*, json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING; also configures structlog, so that both write the same entries."""
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
            # Two lines for each call, of which all and more is recorded with the call.
            "stripe": {"level": "WARNING"},
        },
    }
