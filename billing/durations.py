"""How long something takes or is ago, as people say it: in its greatest unit."""

from datetime import datetime, timedelta

_MINUTE = 60
_UNITS = ((24 * 60 * 60, "day"), (60 * 60, "hour"), (_MINUTE, "minute"))


def words(duration: timedelta) -> str:
    """ "340 ms", "4.2 s", "42 s", "12 minutes", "1 hour", "32 days"; what is negative is none."""
    seconds = max(duration.total_seconds(), 0)
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    size, name = next(unit for unit in _UNITS if seconds >= unit[0])
    count = int(seconds // size)
    return f"{count:,} {name}{'s' if count > 1 else ''}"


def since(moment: datetime, now: datetime) -> str:
    """The same, of times to which no second matters: "less than a minute", "3 days"."""
    passed = now - moment
    return words(passed) if passed >= timedelta(seconds=_MINUTE) else "less than a minute"


def ago(moment: datetime, now: datetime) -> str:
    """ "3 days ago", "just now"."""
    return f"{since(moment, now)} ago" if now - moment >= timedelta(seconds=_MINUTE) else "just now"
