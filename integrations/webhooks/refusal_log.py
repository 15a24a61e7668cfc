"""Logs refused webhooks, one in a while of each kind: whoever forges them must not fill the log."""

import time

import structlog

# Seconds between two lines of the same kind in one process; the later one says how many there were between.
PAUSE = 10.0
# Kinds remembered: their parts are error codes and connections that exist, so there are few.
MOST_KINDS = 1000

log = structlog.get_logger(__name__)
# By error code and connection: when the last line was written, and how many have come since.
_kinds: dict[tuple[str, str], tuple[float, int]] = {}


def refused(code: str, connection_id: str, **facts: object) -> None:
    """Writes a line, or counts what the next line of the kind will say; all are counted in /metrics."""
    now = time.monotonic()
    written_at, unwritten = _kinds.get((code, connection_id), (-PAUSE, 0))
    if now - written_at < PAUSE:
        _kinds[code, connection_id] = (written_at, unwritten + 1)
        return
    if len(_kinds) >= MOST_KINDS:
        _kinds.clear()
    _kinds[code, connection_id] = (now, 0)
    log.warning("webhook_refused", code=code, connection_id=connection_id, unlogged_before=unwritten, **facts)
