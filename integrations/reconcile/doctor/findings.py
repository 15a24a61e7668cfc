"""What the doctor finds: each check says whether all is well, what is wrong, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """How bad it is. Unknown: it cannot be told from here, or not yet."""

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """In responses and on pages."""
        return self.name.lower()


@dataclass(frozen=True)
class Finding:
    """``check``: what was looked at. ``code``: what was found, "ok" where nothing is wrong.

    ``remedy``: the button that mends it, "" where there is none.
    """

    check: str
    code: str
    severity: Severity
    message: str
    advice: str = ""
    remedy: str = ""

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "check": self.check,
            "code": self.code,
            "severity": self.severity.word,
            "message": self.message,
            "advice": self.advice,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class Report:
    """All findings of one connection, the worst first."""

    connection_id: str
    name: str
    examined_at: datetime
    findings: Sequence[Finding]

    @property
    def severity(self) -> Severity:
        """The worst of all."""
        return max((finding.severity for finding in self.findings), default=Severity.OK)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong, as far as it is known."""
        return self.severity <= Severity.UNKNOWN

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "connection_id": self.connection_id,
            "name": self.name,
            "status": self.severity.word,
            "examined_at": self.examined_at,
            "findings": [finding.shown() for finding in self.findings],
        }


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", Severity.OK, message)


def unknown(check: str, code: str, message: str, advice: str = "", remedy: str = "") -> Finding:
    """It cannot be told."""
    return Finding(check, code, Severity.UNKNOWN, message, advice, remedy)


def warning(check: str, code: str, message: str, advice: str, remedy: str = "") -> Finding:
    """It works, but something should be looked at."""
    return Finding(check, code, Severity.WARNING, message, advice, remedy)


def error(check: str, code: str, message: str, advice: str, remedy: str = "") -> Finding:
    """It does not work."""
    return Finding(check, code, Severity.ERROR, message, advice, remedy)
